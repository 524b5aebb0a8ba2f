import { PackThread } from "@/bundle";
import { release } from "@/memory/release";

import { RowThread } from "./row-thread";
import { threadLost } from "./thread-lost";

/** The threads of an export, one of which writes rows while the other packs those before. */
export class ExportThreads {
  /** Buffers of rows on their way back from who packs to who writes. */
  readonly spare: Buffer<ArrayBuffer>[] = [];

  private constructor(
    readonly writing: RowThread,
    readonly packing: PackThread,
  ) {}

  /** @throws BackupError `thread_lost` */
  static start(): ExportThreads {
    const writing = new RowThread();
    try {
      return new ExportThreads(writing, new PackThread(threadLost));
    } catch (error) {
      void writing.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.writing.end(), this.packing.end()]);
    for (const buffer of this.spare.splice(0)) release(buffer);
  }
}
