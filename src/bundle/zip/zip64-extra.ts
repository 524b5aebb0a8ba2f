import { sentinel32 } from "./constants";
import { readUInt64, writeUInt64 } from "./integers";

export const zip64ExtraId = 0x0001;

/**
 * APPNOTE 4.5.3: holds, in the order given, those fields of a record whose own place holds
 * the sentinel, and no others.
 *
 * @returns the fields with sentinels replaced; null where the extra field does not fit them.
 */
export function applyZip64Extra(fields: readonly number[], extra: Buffer | undefined): number[] | null {
  const wanted = fields.filter((field) => field === sentinel32).length;
  if ((extra?.length ?? 0) !== wanted * 8) return null;
  let offset = 0;
  const applied: number[] = [];
  for (const field of fields) {
    if (field !== sentinel32 || extra === undefined) {
      applied.push(field);
      continue;
    }
    const value = readUInt64(extra, offset);
    if (value === null) return null;
    applied.push(value);
    offset += 8;
  }
  return applied;
}

/** The extra field for those of the fields that four bytes cannot hold; empty where there are none. */
export function encodeZip64Extra(fields: readonly number[]): Buffer {
  const wide = fields.filter((field) => field >= sentinel32);
  if (wide.length === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(4 + wide.length * 8);
  bytes.writeUInt16LE(zip64ExtraId, 0);
  bytes.writeUInt16LE(wide.length * 8, 2);
  wide.forEach((field, index) => writeUInt64(bytes, field, 4 + index * 8));
  return bytes;
}
