import { createHash } from "node:crypto";

import { collectEach } from "@/memory/collect";

export interface BundleSink {
  /**
   * Resolves when more can be taken; only then is it called again. The buffer may not be changed afterwards. A write that is
   * under way when the bundle fails for another reason is not awaited.
   */
  write(chunk: Buffer): Promise<void>;
}

/** Headers and small files go to the sink together: a write for each would cost more than they do. */
const gatherSize = 256 * 1024;
/** Of the first bytes fewer, so that whoever waits for them sees them come. */
const firstGatherSize = 64 * 1024;
const firstBytes = 1024 * 1024;

/** Little else is under way while a bundle is written: at each four megabytes an export would take a hundredth longer. */
const countUsedUp = collectEach(8 * 1024 * 1024);

/** Counts and hashes what goes to the sink. */
export class Output {
  private readonly hash = createHash("sha256");
  private gathered = Buffer.allocUnsafeSlow(gatherSize);
  private gatheredLength = 0;
  private given: Promise<void> = Promise.resolve();
  private failure: { error: unknown } | null = null;
  /** Bytes taken so far, those included that wait to be gathered. */
  length = 0;

  constructor(
    private readonly sink: BundleSink,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @returns whether the sink has the chunk; otherwise it was copied */
  async write(chunk: Buffer): Promise<boolean> {
    this.signal?.throwIfAborted();
    if (this.failure !== null) throw this.failure.error;
    this.hash.update(chunk);
    this.length += chunk.length;
    const most = this.length <= firstBytes ? firstGatherSize : gatherSize;
    if (this.gatheredLength + chunk.length > most) await this.flush();
    if (chunk.length >= most / 2) {
      await this.flush();
      await this.give(chunk);
      return true;
    }
    this.gatheredLength += chunk.copy(this.gathered, this.gatheredLength);
    return false;
  }

  /** @returns SHA-256 in lower-case hex of all that was written */
  async end(): Promise<string> {
    await this.flush();
    await this.given;
    return this.hash.digest("hex");
  }

  private async flush(): Promise<void> {
    if (this.gatheredLength === 0) return;
    const chunk = this.takeGathered();
    this.gatheredLength = 0;
    await this.give(chunk);
  }

  /** The sink takes a chunk while the next one is gathered. */
  private async give(chunk: Buffer): Promise<void> {
    await this.given;
    this.given = this.sink.write(chunk);
    // Whoever writes next, or ends, hears of its failure.
    this.given.catch((error: unknown) => (this.failure = { error }));
    countUsedUp(chunk.length);
  }

  /** The header before a larger object is copied out, which costs less than a new buffer. */
  private takeGathered(): Buffer {
    const gathered = this.gathered.subarray(0, this.gatheredLength);
    if (gathered.length <= gatherSize / 16) return Buffer.from(gathered);
    this.gathered = Buffer.allocUnsafeSlow(gatherSize);
    return gathered;
  }
}
