import type { DosTime } from "./dos-time";

/** APPNOTE 4.3.7: stands before an entry's data. */
export interface LocalHeader {
  versionNeeded: number;
  flags: number;
  method: number;
  modified: DosTime;
  crc32: number;
  /** May be the sentinel of ZIP64. */
  compressedSize: number;
  /** May be the sentinel of ZIP64. */
  size: number;
  nameLength: number;
  extraLength: number;
}

export const localHeaderSize = 30;
export const localHeaderSignature = 0x04034b50;

/** The fixed part, which name and extra fields follow. Null where no local header stands there. */
export function parseLocalHeader(bytes: Buffer): LocalHeader | null {
  if (bytes.readUInt32LE(0) !== localHeaderSignature) return null;
  return {
    versionNeeded: bytes.readUInt16LE(4),
    flags: bytes.readUInt16LE(6),
    method: bytes.readUInt16LE(8),
    modified: { time: bytes.readUInt16LE(10), date: bytes.readUInt16LE(12) },
    crc32: bytes.readUInt32LE(14),
    compressedSize: bytes.readUInt32LE(18),
    size: bytes.readUInt32LE(22),
    nameLength: bytes.readUInt16LE(26),
    extraLength: bytes.readUInt16LE(28),
  };
}

/** The header with its name, without extra fields. */
export function encodeLocalHeader(header: Omit<LocalHeader, "nameLength" | "extraLength">, name: Buffer): Buffer {
  const bytes = Buffer.alloc(localHeaderSize + name.length);
  bytes.writeUInt32LE(localHeaderSignature, 0);
  bytes.writeUInt16LE(header.versionNeeded, 4);
  bytes.writeUInt16LE(header.flags, 6);
  bytes.writeUInt16LE(header.method, 8);
  bytes.writeUInt16LE(header.modified.time, 10);
  bytes.writeUInt16LE(header.modified.date, 12);
  bytes.writeUInt32LE(header.crc32, 14);
  bytes.writeUInt32LE(header.compressedSize, 18);
  bytes.writeUInt32LE(header.size, 22);
  bytes.writeUInt16LE(name.length, 26);
  name.copy(bytes, localHeaderSize);
  return bytes;
}
