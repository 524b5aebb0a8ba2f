import { sentinel32, version } from "./constants";
import type { DosTime } from "./dos-time";
import { encodeZip64Extra } from "./zip64-extra";

/** APPNOTE 4.3.12: an entry's record in the central directory. */
export interface CentralRecord {
  flags: number;
  method: number;
  modified: DosTime;
  crc32: number;
  /** As it stands: may be the sentinel of ZIP64. */
  compressedSize: number;
  /** As it stands: may be the sentinel of ZIP64. */
  size: number;
  nameLength: number;
  extraLength: number;
  commentLength: number;
  /** Number of the disk where the entry starts. */
  disk: number;
  externalAttributes: number;
  /** Of the local header from the start of the archive. As it stands: may be the sentinel of ZIP64. */
  offset: number;
}

export const centralRecordSize = 46;
const signature = 0x02014b50;
/** Attributes are those of Unix; APPNOTE 6.3's features at most as of version 4.5. */
const versionMadeBy = (3 << 8) | version.zip64;
/** Regular file, 0644. */
const regularFileAttributes = (0o100644 << 16) >>> 0;

/** The fixed part, which name, extra fields and comment follow. Null where no such record stands there. */
export function parseCentralRecord(bytes: Buffer): CentralRecord | null {
  if (bytes.readUInt32LE(0) !== signature) return null;
  return {
    flags: bytes.readUInt16LE(8),
    method: bytes.readUInt16LE(10),
    modified: { time: bytes.readUInt16LE(12), date: bytes.readUInt16LE(14) },
    crc32: bytes.readUInt32LE(16),
    compressedSize: bytes.readUInt32LE(20),
    size: bytes.readUInt32LE(24),
    nameLength: bytes.readUInt16LE(28),
    extraLength: bytes.readUInt16LE(30),
    commentLength: bytes.readUInt16LE(32),
    disk: bytes.readUInt16LE(34),
    externalAttributes: bytes.readUInt32LE(38),
    offset: bytes.readUInt32LE(42),
  };
}

type Written = Pick<
  CentralRecord,
  "flags" | "method" | "modified" | "crc32" | "compressedSize" | "size" | "offset"
>;

/** A regular file's record with its name, and ZIP64's extra field where a number needs it. */
export function encodeCentralRecord(record: Written, name: Buffer): Buffer {
  const extra = encodeZip64Extra([record.size, record.compressedSize, record.offset]);
  const bytes = Buffer.alloc(centralRecordSize + name.length + extra.length);
  bytes.writeUInt32LE(signature, 0);
  bytes.writeUInt16LE(versionMadeBy, 4);
  bytes.writeUInt16LE(extra.length > 0 ? version.zip64 : version.basic, 6);
  bytes.writeUInt16LE(record.flags, 8);
  bytes.writeUInt16LE(record.method, 10);
  bytes.writeUInt16LE(record.modified.time, 12);
  bytes.writeUInt16LE(record.modified.date, 14);
  bytes.writeUInt32LE(record.crc32, 16);
  bytes.writeUInt32LE(Math.min(record.compressedSize, sentinel32), 20);
  bytes.writeUInt32LE(Math.min(record.size, sentinel32), 24);
  bytes.writeUInt16LE(name.length, 28);
  bytes.writeUInt16LE(extra.length, 30);
  bytes.writeUInt32LE(regularFileAttributes, 38);
  bytes.writeUInt32LE(Math.min(record.offset, sentinel32), 42);
  name.copy(bytes, centralRecordSize);
  extra.copy(bytes, centralRecordSize + name.length);
  return bytes;
}
