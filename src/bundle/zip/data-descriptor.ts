import { sentinel32 } from "./constants";
import { readUInt64, writeUInt64 } from "./integers";

/** APPNOTE 4.3.9: follows the data of an entry whose local header was written before its sizes were known. */
export interface DataDescriptor {
  crc32: number;
  compressedSize: number;
  size: number;
}

const signature = 0x08074b50;

/** Signature or none, sizes of four bytes or eight: each of the four has its own length. */
export const descriptorLengths: readonly number[] = [12, 16, 20, 24];
export const longestDescriptor = 24;

/** `bytes` is all that stands between the entry's data and the next record. */
export function parseDataDescriptor(bytes: Buffer): DataDescriptor | null {
  if (!descriptorLengths.includes(bytes.length)) return null;
  const signed = bytes.length % 8 === 0;
  if (signed && bytes.readUInt32LE(0) !== signature) return null;
  const fields = signed ? bytes.subarray(4) : bytes;
  const crc32 = fields.readUInt32LE(0);
  if (fields.length === 12) return { crc32, compressedSize: fields.readUInt32LE(4), size: fields.readUInt32LE(8) };
  const compressedSize = readUInt64(fields, 4);
  const size = readUInt64(fields, 12);
  return compressedSize === null || size === null ? null : { crc32, compressedSize, size };
}

/** Eight-byte sizes only where a size needs them: the central directory tells readers which it is. */
export function encodeDataDescriptor(descriptor: DataDescriptor): Buffer {
  const wide = descriptor.compressedSize >= sentinel32 || descriptor.size >= sentinel32;
  const bytes = Buffer.alloc(wide ? 24 : 16);
  bytes.writeUInt32LE(signature, 0);
  bytes.writeUInt32LE(descriptor.crc32, 4);
  if (wide) {
    writeUInt64(bytes, descriptor.compressedSize, 8);
    writeUInt64(bytes, descriptor.size, 16);
  } else {
    bytes.writeUInt32LE(descriptor.compressedSize, 8);
    bytes.writeUInt32LE(descriptor.size, 12);
  }
  return bytes;
}
