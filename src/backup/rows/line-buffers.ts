import { release } from "@/memory/release";

/** Bytes of a batch of lines: enough that what is done with them takes longer than handing them on, little enough not to be felt in memory. */
const batchBytes = 256 * 1024;
/** More than are under way at a time. */
const mostKept = 12;

/**
 * Buffers for batches of lines, used again and again: an export has thousands, and glibc's memory,
 * were they taken from it and given back one by one, breaks up into hundreds of megabytes of gaps.
 */
export class LineBuffers {
  private readonly kept: Buffer<ArrayBuffer>[] = [];

  /** One of a usual batch's size, or larger for so many bytes, with a memory to itself. */
  take(bytes: number): Buffer<ArrayBuffer> {
    if (bytes > batchBytes) return Buffer.allocUnsafeSlow(bytes);
    return this.kept.pop() ?? Buffer.allocUnsafeSlow(batchBytes);
  }

  /** @param lines a view of such a buffer, or of another one that nobody uses any more */
  giveBack({ buffer }: Buffer<ArrayBuffer>): void {
    const whole = Buffer.from(buffer);
    if (whole.length === batchBytes && this.kept.length < mostKept) this.kept.push(whole);
    else release(whole);
  }
}
