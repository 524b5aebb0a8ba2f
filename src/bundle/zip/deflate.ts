import { promisify } from "node:util";
import { constants, deflateRaw, deflateRawSync } from "node:zlib";

const deflate = promisify(deflateRaw);

/**
 * Data of rows: levels 1 to 3 differ by 1 % in size and not in time, 6 takes 1.6 times as long
 * for another 5 % (docs/decisions/0020).
 */
const level = 1;
const windowSize = 32 * 1024;
/** Deflates in the time that it takes to hand it to another thread and back. */
const shortContent = 16 * 1024;
/** Deflated at a time, on zlib's threads; the event loop keeps its own. */
const parallelBlocks = 2;
/** An empty last block: ends a deflate stream whose blocks before it were flushed. */
const streamEnd = Buffer.from([0x03, 0x00]);
/** A stored block without content: where deflating went too well, these fill it up. */
const emptyBlock = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);
/** Half of what the reader lets pass as no bomb: what we write we must be able to read. */
const maximumRatio = 100;

/**
 * A raw deflate stream of the blocks, each deflated by itself with the 32 kB before it as
 * dictionary (as pigz does), so that two cores can work on it. Depends on the blocks alone.
 * A block may not be changed once it was handed over.
 */
export async function* deflateBlocks(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pending: Promise<Buffer>[] = [];
  let dictionary: Buffer | undefined;
  for await (const block of blocks) {
    const deflated = deflateBlock(block, dictionary);
    // Awaited in its turn below, if nothing fails before.
    deflated.catch(() => undefined);
    pending.push(deflated);
    dictionary = block.subarray(-windowSize);
    const first = pending.length === parallelBlocks ? pending.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const deflated of pending) yield await deflated;
  yield streamEnd;
}

/** The whole content as one raw deflate stream. */
export async function deflateWhole(content: Buffer): Promise<Buffer> {
  return content.length <= shortContent ? deflateRawSync(content, { level }) : deflate(content, { level });
}

async function deflateBlock(block: Buffer, dictionary: Buffer | undefined): Promise<Buffer> {
  const deflated = await deflate(block, {
    level,
    // Ends on a byte's boundary, so that the next block's output can follow.
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: Math.max(64, block.length >> 1),
    ...(dictionary === undefined ? {} : { dictionary }),
  });
  const missing = Math.ceil(block.length / maximumRatio) - deflated.length;
  if (missing <= 0) return deflated;
  return Buffer.concat([deflated, Buffer.alloc(Math.ceil(missing / emptyBlock.length) * emptyBlock.length, emptyBlock)]);
}
