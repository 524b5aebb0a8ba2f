/**
 * The same bytes in blocks of equal size, the last one shorter. What is made of a block then
 * depends on the content alone and not on how it happened to arrive.
 */
export async function* inBlocks(chunks: AsyncIterable<Buffer>, blockSize: number): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafeSlow(blockSize);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length; ) {
      const copied = chunk.copy(block, filled, taken);
      taken += copied;
      filled += copied;
      if (filled < blockSize) continue;
      yield block;
      // Never reused: a sink may still hold it.
      block = Buffer.allocUnsafeSlow(blockSize);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
