import { release } from "@/memory/release";

/** Bytes: names of columns and quotes make rows a third to twice larger than a batch of their lines, seldom more. */
const usualBytes = 512 * 1024;

/** Buffers for rows on their way to who packs them, used again and again. */
export class JsonBuffers {
  private readonly spare: ArrayBuffer[] = [];

  /** One copy of all pieces. */
  gather(pieces: readonly Buffer[]): Buffer<ArrayBuffer> {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    const memory = size > usualBytes ? new ArrayBuffer(size) : (this.spare.pop() ?? new ArrayBuffer(usualBytes));
    const gathered = Buffer.from(memory, 0, size);
    let position = 0;
    for (const piece of pieces) position += piece.copy(gathered, position);
    return gathered;
  }

  /** @param json what was gathered, which nobody uses any more */
  giveBack(json: Uint8Array<ArrayBuffer>): void {
    if (json.buffer.byteLength === usualBytes) this.spare.push(json.buffer);
    else release(json);
  }
}
