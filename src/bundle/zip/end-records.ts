import { sentinel16, sentinel32, version } from "./constants";
import { readUInt64, writeUInt64 } from "./integers";

/** What the records at an archive's end say of its central directory. */
export interface DirectoryPlace {
  entries: number;
  /** Bytes. */
  size: number;
  /** From the start of the archive. */
  offset: number;
}

/** APPNOTE 4.3.16: the last record of an archive. Its numbers may be the sentinels of ZIP64. */
export interface EndRecord extends DirectoryPlace {
  disk: number;
  directoryDisk: number;
  entriesOnDisk: number;
  commentLength: number;
}

/** APPNOTE 4.3.14, without its extensible data sector. */
export interface Zip64EndRecord extends DirectoryPlace {
  disk: number;
  directoryDisk: number;
  entriesOnDisk: number;
}

/** APPNOTE 4.3.15: says where the ZIP64 end record is. */
export interface Zip64Locator {
  disk: number;
  endRecordOffset: number;
  disks: number;
}

export const endRecordSize = 22;
export const zip64EndRecordSize = 56;
export const zip64LocatorSize = 20;
export const endSignature = 0x06054b50;
const zip64EndSignature = 0x06064b50;
const locatorSignature = 0x07064b50;

export function parseEndRecord(bytes: Buffer): EndRecord | null {
  if (bytes.readUInt32LE(0) !== endSignature) return null;
  return {
    disk: bytes.readUInt16LE(4),
    directoryDisk: bytes.readUInt16LE(6),
    entriesOnDisk: bytes.readUInt16LE(8),
    entries: bytes.readUInt16LE(10),
    size: bytes.readUInt32LE(12),
    offset: bytes.readUInt32LE(16),
    commentLength: bytes.readUInt16LE(20),
  };
}

export function parseZip64Locator(bytes: Buffer): Zip64Locator | null {
  if (bytes.readUInt32LE(0) !== locatorSignature) return null;
  const endRecordOffset = readUInt64(bytes, 8);
  if (endRecordOffset === null) return null;
  return { disk: bytes.readUInt32LE(4), endRecordOffset, disks: bytes.readUInt32LE(16) };
}

export function parseZip64EndRecord(bytes: Buffer): Zip64EndRecord | null {
  if (bytes.readUInt32LE(0) !== zip64EndSignature) return null;
  // The record's length less its first two fields; more would be an extensible data sector.
  if (readUInt64(bytes, 4) !== zip64EndRecordSize - 12) return null;
  const entriesOnDisk = readUInt64(bytes, 24);
  const entries = readUInt64(bytes, 32);
  const size = readUInt64(bytes, 40);
  const offset = readUInt64(bytes, 48);
  if (entriesOnDisk === null || entries === null || size === null || offset === null) return null;
  return { disk: bytes.readUInt32LE(16), directoryDisk: bytes.readUInt32LE(20), entriesOnDisk, entries, size, offset };
}

/** All that follows the central directory: ZIP64's two records where a number needs them, and the end record. */
export function encodeEnd(place: DirectoryPlace): Buffer {
  const wide = place.entries >= sentinel16 || place.size >= sentinel32 || place.offset >= sentinel32;
  const end = Buffer.alloc(endRecordSize);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(Math.min(place.entries, sentinel16), 8);
  end.writeUInt16LE(Math.min(place.entries, sentinel16), 10);
  end.writeUInt32LE(Math.min(place.size, sentinel32), 12);
  end.writeUInt32LE(Math.min(place.offset, sentinel32), 16);
  return wide ? Buffer.concat([encodeZip64End(place), end]) : end;
}

function encodeZip64End(place: DirectoryPlace): Buffer {
  const bytes = Buffer.alloc(zip64EndRecordSize + zip64LocatorSize);
  bytes.writeUInt32LE(zip64EndSignature, 0);
  writeUInt64(bytes, zip64EndRecordSize - 12, 4);
  bytes.writeUInt16LE((3 << 8) | version.zip64, 12);
  bytes.writeUInt16LE(version.zip64, 14);
  writeUInt64(bytes, place.entries, 24);
  writeUInt64(bytes, place.entries, 32);
  writeUInt64(bytes, place.size, 40);
  writeUInt64(bytes, place.offset, 48);
  bytes.writeUInt32LE(locatorSignature, zip64EndRecordSize);
  writeUInt64(bytes, place.offset + place.size, zip64EndRecordSize + 8);
  bytes.writeUInt32LE(1, zip64EndRecordSize + 16);
  return bytes;
}
