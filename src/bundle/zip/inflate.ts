import { createInflateRaw } from "node:zlib";

const chunkSize = 128 * 1024;

/** The data is no deflate stream of just this length. */
export class InflateError extends Error {}

/**
 * Inflates on zlib's threads, no faster than asked for. A chunk that was handed in may be
 * changed once the next one was asked for; those that come out stay valid.
 *
 * @param length bytes that the stream must have, not one more or less
 * @throws InflateError
 */
export async function* inflate(chunks: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer> {
  const engine = createInflateRaw({ chunkSize });
  void feed();
  try {
    for await (const chunk of engine) yield toBuffer(chunk);
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

function toBuffer(chunk: unknown): Buffer {
  if (!Buffer.isBuffer(chunk)) throw new TypeError("zlib gave something else than a buffer");
  return chunk;
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}
