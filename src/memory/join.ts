/** One buffer of all, with a memory to itself, so that it can be moved or released. */
export function join(chunks: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const all = Buffer.allocUnsafeSlow(chunks.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const chunk of chunks) {
    all.set(chunk, position);
    position += chunk.length;
  }
  return all;
}
