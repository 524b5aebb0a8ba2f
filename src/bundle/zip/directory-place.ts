import type { FileHandle } from "node:fs/promises";
import { BundleError } from "../errors";
import { sentinel16, sentinel32 } from "./constants";
import {
  endRecordSize,
  endSignature,
  parseEndRecord,
  parseZip64EndRecord,
  parseZip64Locator,
  zip64EndRecordSize,
  zip64LocatorSize,
  type DirectoryPlace,
  type EndRecord,
  type Zip64EndRecord,
} from "./end-records";
import { FileWindow } from "./file-window";

const longestComment = 0xffff;

/**
 * Where the central directory is. The end record must be the file's last 22 bytes: a comment
 * could hold a second one, and readers differ in which of the two they believe.
 *
 * @throws BundleError `not_a_zip`, `trailing_data`, `several_disks`, `wrong_count`, `directory_invalid`, `gap`
 */
export async function readDirectoryPlace(file: FileHandle, fileSize: number): Promise<DirectoryPlace> {
  if (fileSize < endRecordSize) throw new BundleError("not_a_zip", "The file is too short to be a ZIP archive.");
  const endOffset = fileSize - endRecordSize;
  const end = parseEndRecord(await readAt(file, endOffset, endRecordSize));
  if (end === null) throw await explainMissingEnd(file, fileSize);
  if (end.commentLength !== 0) throw new BundleError("not_a_zip", "The archive's comment is cut off.");
  const wide =
    end.entries === sentinel16 ||
    end.entriesOnDisk === sentinel16 ||
    end.size === sentinel32 ||
    end.offset === sentinel32;
  return wide ? readZip64Place(file, end, endOffset) : checkPlace(end, endOffset);
}

/** ZIP64's locator stands right before the end record, and its end record right before that. */
async function readZip64Place(file: FileHandle, end: EndRecord, endOffset: number): Promise<DirectoryPlace> {
  const recordOffset = endOffset - zip64LocatorSize - zip64EndRecordSize;
  if (recordOffset < 0) throw invalid("is too short to hold the ZIP64 records that its end record calls for");
  const bytes = await readAt(file, recordOffset, zip64EndRecordSize + zip64LocatorSize);
  const record = parseZip64EndRecord(bytes.subarray(0, zip64EndRecordSize));
  const locator = parseZip64Locator(bytes.subarray(zip64EndRecordSize));
  if (record === null || locator?.endRecordOffset !== recordOffset) {
    throw invalid("lacks the ZIP64 records that its end record calls for, or they are not where they belong");
  }
  if (locator.disk !== 0 || locator.disks !== 1) throw severalDisks();
  const agree =
    (end.entries === sentinel16 || end.entries === record.entries) &&
    (end.entriesOnDisk === sentinel16 || end.entriesOnDisk === record.entriesOnDisk) &&
    (end.size === sentinel32 || end.size === record.size) &&
    (end.offset === sentinel32 || end.offset === record.offset);
  if (!agree) throw invalid("has two end records that disagree");
  if (end.disk !== 0 || end.directoryDisk !== 0) throw severalDisks();
  return checkPlace(record, recordOffset);
}

function checkPlace(end: EndRecord | Zip64EndRecord, directoryEnd: number): DirectoryPlace {
  const { entries, size, offset } = end;
  if (end.disk !== 0 || end.directoryDisk !== 0) throw severalDisks();
  if (end.entriesOnDisk !== entries) {
    throw new BundleError("wrong_count", `The archive states ${entries} entries, and ${end.entriesOnDisk} on its one disk.`);
  }
  if (offset + size > directoryEnd) throw invalid("has a central directory that runs into its end records");
  if (offset + size < directoryEnd) {
    throw new BundleError("gap", "The archive has bytes that belong to no record before its end records.");
  }
  return { entries, size, offset };
}

/** Looks for an end record elsewhere, only to say what is wrong. */
async function explainMissingEnd(file: FileHandle, fileSize: number): Promise<BundleError> {
  const length = Math.min(fileSize, endRecordSize + longestComment);
  const tail = await readAt(file, fileSize - length, length);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(endSignature);
  return tail.includes(signature)
    ? new BundleError("trailing_data", "The archive has a comment or other bytes after its end record.")
    : new BundleError("not_a_zip", "The file is no ZIP archive, or its end is missing.");
}

function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  return new FileWindow(file, offset, offset + length, { reuse: false }).take(length);
}

function invalid(how: string): BundleError {
  return new BundleError("directory_invalid", `The archive ${how}.`);
}

function severalDisks(): BundleError {
  return new BundleError("several_disks", "The archive is one of several disks; a bundle is one file.");
}
