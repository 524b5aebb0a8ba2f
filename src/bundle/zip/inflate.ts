import { createInflateRaw } from "node:zlib";

import { release } from "@/memory/release";

/** What the buffers that come out are like. */
export interface InflatedChunks {
  /** Bytes that are expected of all: there is no use in larger buffers. */
  size: number;
  /** What came out stays valid; otherwise until the next chunk is asked for. */
  kept: boolean;
}

/**
 * Enough that a turn of zlib's threads is worth its while, little enough that what is done with a chunk goes unnoticed, and
 * just less than what glibc maps anew each time (MALLOC_MMAP_THRESHOLD_ of `npm start`): that took as long as the row ends.
 */
const largestChunk = 120 * 1024;
/** The least that zlib takes (Z_MIN_CHUNK). */
const smallestChunk = 64;

/** The data is no deflate stream of just this length. */
export class InflateError extends Error {}

/**
 * Inflates on zlib's threads, no faster than asked for. A chunk that was handed in may be
 * changed once the next one was asked for.
 *
 * @param length bytes that the stream must have, not one more or less
 * @throws InflateError
 */
export async function* inflate(chunks: AsyncIterable<Buffer>, length: number, { size, kept }: InflatedChunks): AsyncGenerator<Buffer> {
  const chunkSize = Math.max(smallestChunk, Math.min(largestChunk, size + 1));
  const engine = createInflateRaw({ chunkSize });
  void feed();
  try {
    for await (const chunk of engine) {
      const inflated = toBuffer(chunk);
      yield inflated;
      if (!kept && isLastOfItsBuffer(inflated)) release(inflated);
    }
  } catch (error) {
    throw isZlibError(error) ? new InflateError(error.message, { cause: error }) : error;
  }
  if (engine.bytesWritten !== length) throw new InflateError(`it ends after ${engine.bytesWritten} of ${length} bytes`);

  /** Errors reach the loop above through the engine. */
  async function feed(): Promise<void> {
    try {
      for await (const chunk of chunks) {
        if (engine.destroyed) return;
        await new Promise<void>((resolve) => engine.write(chunk, () => resolve()));
      }
      engine.end();
    } catch (error) {
      engine.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** The engine fills a buffer to its end, whatever chunks that makes, and takes another one. */
function isLastOfItsBuffer(chunk: Buffer): boolean {
  return chunk.byteOffset + chunk.length === chunk.buffer.byteLength;
}

function toBuffer(chunk: unknown): Buffer {
  if (!Buffer.isBuffer(chunk)) throw new TypeError("zlib gave something else than a buffer");
  return chunk;
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}
