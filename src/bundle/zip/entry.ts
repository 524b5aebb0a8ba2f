import { BundleError, quoteName } from "../errors";
import { ratioFreeBytes, type BundleLimits } from "../limits";
import { flag, method } from "./constants";

/** An entry as the central directory describes it. */
export interface Entry {
  /** Of its record in the central directory, from 0. */
  number: number;
  name: string;
  flags: number;
  method: number;
  crc32: number;
  /** Bytes in the archive. */
  compressedSize: number;
  /** Bytes once inflated. */
  size: number;
  externalAttributes: number;
  /** Of the local header from the start of the archive. */
  offset: number;
  /** Where the next record begins, from the start of the archive. */
  end: number;
}

const encryptionFlags = flag.encrypted | flag.strongEncryption | flag.maskedHeaders;
const knownFlags = flag.deflateEffort | flag.descriptor | flag.utf8;

/** The upper half of the external attributes is Unix's mode. */
const unixType = { mask: 0o170000, none: 0, regular: 0o100000, directory: 0o040000 } as const;
/** The lower half is MS-DOS's attributes. */
const dosVolumeLabel = 0x08;
const dosDirectory = 0x10;

/**
 * What an entry's description must keep before its data are looked at. As reading stops at the
 * size described, what holds of it holds of the data.
 *
 * @throws BundleError `encrypted`, `flags_unsupported`, `method_unsupported`, `special_file`,
 * `size_differs`, `entry_too_large`, `ratio_too_high`
 */
export function checkEntry(entry: Entry, limits: BundleLimits): void {
  const refuse = refusal(entry.name);
  if ((entry.flags & encryptionFlags) !== 0) throw refuse("encrypted", "is encrypted");
  if ((entry.flags & ~knownFlags) !== 0) {
    throw refuse("flags_unsupported", `has flags 0x${entry.flags.toString(16)}, not all of which are known`);
  }
  if (entry.method !== method.stored && entry.method !== method.deflated) {
    throw refuse("method_unsupported", `is packed by method ${entry.method}, which is neither stored nor deflated`);
  }
  if (!hasOrdinaryType(entry)) throw refuse("special_file", "is a link, a device or another special file");
  if (isDirectory(entry) && entry.size !== 0) throw refuse("size_differs", "is a folder and claims to have data");
  if (entry.size > limits.entry) {
    throw refuse("entry_too_large", `has ${entry.size} bytes; ${limits.entry} are taken`);
  }
  if (entry.size > ratioFreeBytes && entry.size > entry.compressedSize * limits.ratio) {
    throw refuse("ratio_too_high", `inflates to more than ${limits.ratio} times its size`);
  }
}

export function isDirectory(entry: Entry): boolean {
  return entry.name.endsWith("/");
}

/** Makes errors whose message begins with the entry's name. */
export function refusal(name: string) {
  return (code: BundleError["code"], how: string, cause?: unknown): BundleError =>
    new BundleError(code, `The entry ${quoteName(name)} ${how}.`, { entry: name }, cause === undefined ? {} : { cause });
}

function hasOrdinaryType(entry: Entry): boolean {
  const unix = (entry.externalAttributes >>> 16) & unixType.mask;
  const dos = entry.externalAttributes & (dosVolumeLabel | dosDirectory);
  if (isDirectory(entry)) return (unix === unixType.none || unix === unixType.directory) && dos !== dosVolumeLabel;
  return (unix === unixType.none || unix === unixType.regular) && dos === 0;
}
