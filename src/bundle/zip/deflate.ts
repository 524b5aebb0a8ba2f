import { once } from "node:events";
import { promisify } from "node:util";
import { constants, createDeflateRaw, deflateRaw, deflateRawSync, type DeflateRaw } from "node:zlib";

const deflate = promisify(deflateRaw);

/** Manifest and objects are a small part of an export: level 6 takes 1.6 times as long for 5 % (docs/decisions/0020). */
const settings = { level: 1, memLevel: 9 };
/** Deflates in the time that it takes to hand it to another thread and back. */
const shortContent = 16 * 1024;
/** Bytes that wait for the deflater, so that neither it nor who feeds it stands still while the other is slow. */
const waitingBytes = 2 * 1024 * 1024;
const outputBytes = 256 * 1024;
/** An empty last block: ends a deflate stream that was flushed. */
export const streamEnd = Buffer.from([0x03, 0x00]);
/** A stored block without content: where deflating went too well, these fill it up. */
const emptyBlock = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);
const manyEmptyBlocks = Buffer.alloc(10_000 * emptyBlock.length, emptyBlock);
/** Half of what the reader lets pass as no bomb: what we write we must be able to read. */
const maximumRatio = 100;

/** One raw deflate stream, made on a thread of zlib's. It depends on the content alone, not on how that arrives. */
export async function* deflateStream(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let taken = 0;
  // Flushed, it ends on a byte's boundary, so that more blocks can follow.
  const options = { ...settings, chunkSize: outputBytes, finishFlush: constants.Z_SYNC_FLUSH, writableHighWaterMark: waitingBytes };
  const deflater = createDeflateRaw(options);
  const left = new AbortController();
  const feeding = feed(deflater, content, left.signal);
  try {
    for await (const chunk of deflater) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("A deflater gave something that is no buffer");
      taken += chunk.length;
      yield chunk;
    }
  } finally {
    left.abort();
    await feeding;
  }
  yield* fillUp(await feeding, taken);
  yield streamEnd;
}

/** Never fails: whoever reads the deflater hears of it. @returns bytes that were given to it */
async function feed(deflater: DeflateRaw, content: AsyncIterable<Buffer>, left: AbortSignal): Promise<number> {
  let given = 0;
  try {
    for await (const chunk of content) {
      if (left.aborted) break;
      given += chunk.length;
      if (!deflater.write(chunk)) await once(deflater, "drain", { signal: left });
    }
    deflater.end();
  } catch (error) {
    deflater.destroy(error instanceof Error ? error : new Error(String(error)));
  }
  return given;
}

/** Blocks of nothing behind content of which a reader would take the packed bytes for too few. */
export function* fillUp(size: number, packedSize: number): Generator<Buffer<ArrayBuffer>> {
  for (let missing = Math.ceil(size / maximumRatio) - packedSize; missing > 0; missing -= manyEmptyBlocks.length) {
    const needed = Math.ceil(missing / emptyBlock.length) * emptyBlock.length;
    // A copy, which whoever takes it may hand on to a thread.
    const copy = Buffer.allocUnsafeSlow(Math.min(needed, manyEmptyBlocks.length));
    manyEmptyBlocks.copy(copy);
    yield copy;
  }
}

/** The whole content as one raw deflate stream. */
export async function deflateWhole(content: Buffer): Promise<Buffer> {
  return content.length <= shortContent ? deflateRawSync(content, settings) : deflate(content, settings);
}
