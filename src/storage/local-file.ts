import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { MAXIMUM_KEY_BYTES } from "./object-key";

/*
 * One file is one object: its bytes, and after them a trailer of
 *
 *   key (UTF-8) | SHA-256 of the bytes (32) | number of bytes (8) | length of the key (2) | MAGIC (8)
 *
 * with numbers big-endian. Bytes, key and hash live in one file, so that they appear and disappear together: a hash can
 * never belong to other bytes, whenever the machine stops. They come after the bytes, so that
 * image viewers and the like still open the file.
 */
const MAGIC = Buffer.from("SBOBJ\x00\x00\x01", "latin1");
const HASH_BYTES = 32;
const FIXED_BYTES = HASH_BYTES + 8 + 2 + MAGIC.length;
const MAXIMUM_TRAILER_BYTES = MAXIMUM_KEY_BYTES + FIXED_BYTES;

const FOLDER_NAME = /^[0-9a-f]{2}$/;
const FILE_NAME = /^[0-9a-f]{62}$/;

export interface ObjectTrailer {
  key: string;
  size: number;
  sha256: string;
}

/**
 * Where a key's file is within the folder of objects: the key's SHA-256, the first byte of it
 * as one of 256 folders so that none grows long. Nothing of the key itself reaches the file
 * system, so `..`, slashes, case, Unicode form, reserved names and lengths don't matter.
 */
export function objectFileName(key: string): string {
  const digest = createHash("sha256").update(key, "utf8").digest("hex");
  return path.join(digest.slice(0, 2), digest.slice(2));
}

export function isObjectFolderName(name: string): boolean {
  return FOLDER_NAME.test(name);
}

export function isObjectFileName(name: string): boolean {
  return FILE_NAME.test(name);
}

export function encodeTrailer({ key, size, sha256 }: ObjectTrailer): Buffer {
  const keyBytes = Buffer.from(key);
  const numbers = Buffer.alloc(10);
  numbers.writeBigUInt64BE(BigInt(size), 0);
  numbers.writeUInt16BE(keyBytes.length, 8);
  return Buffer.concat([keyBytes, Buffer.from(sha256, "hex"), numbers, MAGIC]);
}

export function trailerBytes(key: string): number {
  return Buffer.byteLength(key) + FIXED_BYTES;
}

export interface ObjectTail {
  trailer: ObjectTrailer;
  /** The object's bytes, where they were read with the trailer. */
  content: Buffer | null;
}

/**
 * Null where the file is not an object's whole file.
 *
 * @param contentBytes files of hardly more bytes are read whole
 */
export async function readTail(file: FileHandle, contentBytes: number): Promise<ObjectTail | null> {
  const { size: fileSize } = await file.stat();
  const isWhole = fileSize <= contentBytes + FIXED_BYTES;
  const tail = Buffer.alloc(isWhole ? fileSize : Math.min(fileSize, MAXIMUM_TRAILER_BYTES));
  let read = 0;
  while (read < tail.length) {
    const { bytesRead } = await file.read(tail, read, tail.length - read, fileSize - tail.length + read);
    if (bytesRead === 0) return null;
    read += bytesRead;
  }
  const trailer = decodeTrailer(tail, fileSize);
  return trailer && { trailer, content: isWhole ? tail.subarray(0, trailer.size) : null };
}

/**
 * @param tail what a file of `fileSize` bytes ends with, the whole trailer at least
 */
export function decodeTrailer(tail: Buffer, fileSize: number): ObjectTrailer | null {
  const fixed = tail.length - FIXED_BYTES;
  if (fixed < 0 || !tail.subarray(-MAGIC.length).equals(MAGIC)) return null;
  const size = Number(tail.readBigUInt64BE(fixed + HASH_BYTES));
  const keyLength = tail.readUInt16BE(fixed + HASH_BYTES + 8);
  if (size + keyLength + FIXED_BYTES !== fileSize || keyLength > fixed) return null;
  return {
    key: tail.toString("utf8", fixed - keyLength, fixed),
    size,
    sha256: tail.toString("hex", fixed, fixed + HASH_BYTES),
  };
}
