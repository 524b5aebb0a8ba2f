/** Bytes: for fewer there are buffers of this size, which can be used again for others. */
const ordinaryBuffer = 192 * 1024;

/** Buffers with a memory to themselves, which a thread can give away and be given back. */
export class SpareBuffers {
  private readonly spare: ArrayBuffer[] = [];

  /** Whose views nobody uses any more. */
  reuse(memories: readonly ArrayBuffer[]): void {
    for (const memory of memories) if (memory.byteLength === ordinaryBuffer) this.spare.push(memory);
  }

  take(size: number): Buffer<ArrayBuffer> {
    if (size > ordinaryBuffer) return Buffer.allocUnsafeSlow(size);
    return Buffer.from(this.spare.pop() ?? new ArrayBuffer(ordinaryBuffer), 0, size);
  }
}
