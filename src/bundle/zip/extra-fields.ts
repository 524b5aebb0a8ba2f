import { crc32 } from "node:zlib";
import { BundleError, quoteName } from "../errors";
import { zip64ExtraId } from "./zip64-extra";

const unicodePathId = 0x7075;

/**
 * What common tools add and what changes nothing of an entry's name, type or data. Others are
 * refused: some make an entry a link, a device or ciphertext to those readers that know them.
 */
const harmless: ReadonlySet<number> = new Set([
  0x000a, // NTFS: times (7-Zip, Windows)
  0x4453, // Windows NT security descriptor (Info-ZIP)
  0x5455, // extended timestamp (Info-ZIP)
  0x5855, // Info-ZIP Unix, original: times, user and group (macOS)
  0x6375, // Info-ZIP Unicode comment
  0x7855, // Info-ZIP Unix, second: user and group
  0x7875, // Info-ZIP Unix, third: user and group
  0xcafe, // marks a Java archive; empty
]);

/**
 * Checks an entry's extra fields (APPNOTE 4.5).
 *
 * @returns the data of the ZIP64 field, where there is one
 * @throws BundleError `extra_field_invalid`, `extra_field_unknown`, `unicode_path_differs`
 */
export function readExtraFields(extra: Buffer, nameBytes: Buffer, name: string): Buffer | undefined {
  const seen = new Set<number>();
  let zip64: Buffer | undefined;
  for (let offset = 0; offset < extra.length; ) {
    const rest = extra.length - offset;
    const length = rest < 4 ? rest : extra.readUInt16LE(offset + 2);
    if (rest < 4 + length) throw invalid(name, "run past their end");
    const id = extra.readUInt16LE(offset);
    const data = extra.subarray(offset + 4, offset + 4 + length);
    if (seen.has(id)) throw invalid(name, `hold field 0x${id.toString(16)} twice`);
    seen.add(id);
    if (id === zip64ExtraId) zip64 = data;
    else if (id === unicodePathId) checkUnicodePath(data, nameBytes, name);
    else if (!harmless.has(id)) {
      throw new BundleError(
        "extra_field_unknown",
        `The entry ${quoteName(name)} has an extra field 0x${id.toString(16)}, which is none that a bundle may have.`,
        { entry: name },
      );
    }
    offset += 4 + length;
  }
  return zip64;
}

/** APPNOTE 4.6.9: version, CRC-32 of the name in the header, the name in UTF-8. */
function checkUnicodePath(data: Buffer, nameBytes: Buffer, name: string): void {
  const agrees =
    data.length >= 5 &&
    data[0] === 1 &&
    data.readUInt32LE(1) === crc32(nameBytes) &&
    data.subarray(5).equals(nameBytes);
  if (agrees) return;
  throw new BundleError(
    "unicode_path_differs",
    `The entry ${quoteName(name)} has a second name in a Unicode path field, which differs from the first.`,
    { entry: name },
  );
}

function invalid(name: string, how: string): BundleError {
  return new BundleError("extra_field_invalid", `The extra fields of entry ${quoteName(name)} ${how}.`, { entry: name });
}
