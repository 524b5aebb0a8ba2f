import { createHash } from "node:crypto";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { decodeTrailer, trailerBytes } from "./local-file";
import type { SpareBuffers } from "./spare-buffers";

/** Reads whole files of objects, for a thread that may wait. */
export class WholeFiles {
  constructor(private readonly buffers: SpareBuffers) {}

  /**
   * An object, its SHA-256 and CRC-32, if the file is the whole file of an object `key` of `size` bytes:
   * three operations, since key and size say how long it must be. Null where it is anything else.
   * Throws as `openSync` and `readSync` do.
   */
  read(file: string, key: string, size: number): { content: Buffer<ArrayBuffer>; sha256: string; crc32: number } | null {
    const expected = size + trailerBytes(key);
    // One byte more than there should be, which shows that there is no more.
    const buffer = this.buffers.take(expected + 1);
    if (fill(file, buffer, expected) !== expected) return null;
    const trailer = decodeTrailer(buffer.subarray(0, expected), expected);
    if (trailer?.key !== key || trailer.size !== size) return null;
    const content = buffer.subarray(0, size);
    return { content, sha256: createHash("sha256").update(content).digest("hex"), crc32: crc32(content) };
  }
}

/** Reads until the file ends, or so many bytes and perhaps more are there. */
function fill(file: string, buffer: Buffer, enough: number): number {
  // O_NOFOLLOW: a link that somebody put into the folder leads nowhere.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    let filled = 0;
    while (filled < enough) {
      const read = readSync(descriptor, buffer, filled, buffer.length - filled, filled);
      if (read === 0) break;
      filled += read;
    }
    return filled;
  } finally {
    closeSync(descriptor);
  }
}
