import { isAscii } from "node:buffer";
import { BundleError, quoteName, type BundleErrorCode } from "../errors";
import { flag } from "./constants";

/** Fatal: refuses overlong forms, surrogates and anything else that is no UTF-8 (RFC 3629). */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const dangers: readonly { code: BundleErrorCode; pattern: RegExp; how: string }[] = [
  { code: "name_control_character", pattern: /\p{Cc}/u, how: "holds a control character" },
  { code: "name_backslash", pattern: /\\/, how: "holds a backslash" },
  { code: "name_absolute", pattern: /^\//, how: "is absolute" },
  { code: "name_drive_letter", pattern: /^[A-Za-z]:/, how: "begins with a drive letter" },
  { code: "name_traversal", pattern: /(?:^|\/)\.\.(?:\/|$)/, how: 'holds ".."' },
];

/**
 * An entry's name, if it names the same thing to every reader on every system (CVE-2018-1002200
 * and its kin, "Zip Slip").
 *
 * @throws BundleError `name_too_long` and the other name_… codes
 */
export function decodeEntryName(bytes: Buffer, flags: number, limit: number): string {
  const shown = bytes.toString("latin1");
  if (bytes.length > limit) {
    throw refuse("name_too_long", shown, `has ${bytes.length} bytes; a bundle takes ${limit}`);
  }
  // Without the flag, names are in code page 437 to some readers and in the system's to others.
  if (!isAscii(bytes) && (flags & flag.utf8) === 0) throw refuse("name_encoding", shown, "is not marked as UTF-8");
  const name = decode(bytes, shown);
  for (const { code, pattern, how } of dangers) if (pattern.test(name)) throw refuse(code, name, how);
  return name;
}

/** Equal for two names that some file system takes for the same. */
export function foldName(name: string): string {
  return /^[\0-\x7f]*$/.test(name) ? name.toLowerCase() : name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

function decode(bytes: Buffer, shown: string): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw refuse("name_encoding", shown, "is no valid UTF-8");
    throw error;
  }
}

function refuse(code: BundleErrorCode, name: string, how: string): BundleError {
  return new BundleError(code, `The entry name ${quoteName(name)} ${how}.`, { entry: name });
}
