import { Worker } from "node:worker_threads";

import { BackupError } from "../errors";
import type { EncodedBatch, RowBatch, TableRequest } from "./encode-batch";
import { answerSchema, type EncodingRequest } from "./encoding-messages";

/**
 * Made of encoding-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../../generated/encoding-worker.mjs", import.meta.url);

/** BatchEncoder on a thread of its own. Answers in the order in which it was asked, or fails with `thread_lost`. */
export class EncodingThread {
  // Without the options of the process, which may load what only the main thread needs.
  private readonly worker = new Worker(program, { execArgv: [] });
  private readonly waiting: { resolve: (batch: EncodedBatch) => void; reject: (error: Error) => void }[] = [];
  private failure: Error | null = null;

  constructor() {
    this.worker.on("message", (message: unknown) => this.settle(message));
    this.worker.on("messageerror", (error: Error) => this.fail(error));
    this.worker.on("error", (error: Error) => this.fail(error));
    this.worker.on("exit", () => this.fail(null));
  }

  begin({ table, requiredColumns, form }: TableRequest): void {
    const leaveOut = form.leaveOut && { ...form.leaveOut, columns: new Set(form.leaveOut.columns) };
    const substitutions = new Map(
      [...form.substitutions].map(([column, substitution]) => [
        column,
        substitution.by === "itself where known" ? { ...substitution, known: new Set(substitution.known) } : substitution,
      ]),
    );
    const request = { name: table.name, requiredColumns: [...requiredColumns], form: { ...form, leaveOut, substitutions } };
    this.tell({ kind: "table", ...request });
  }

  /** The batch is no longer the caller's. */
  encode(batch: RowBatch): Promise<EncodedBatch> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.tell({ kind: "batch", ...batch, columns: batch.columns && [...batch.columns] }, batch.bytes.buffer, batch.ends.buffer);
    });
  }

  /** What is under way fails. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private tell(request: EncodingRequest, ...moved: ArrayBuffer[]): void {
    this.worker.postMessage(request, moved);
  }

  private settle(message: unknown): void {
    const answer = answerSchema.safeParse(message);
    if (!answer.success) return this.fail(answer.error);
    const lines = answer.data.lines.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    this.waiting.shift()?.resolve({ ...answer.data, lines });
  }

  private fail(cause: Error | null): void {
    this.failure ??= new BackupError("thread_lost", "A thread that checks rows has ended. Nothing was changed; try again.", { cause });
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
    void this.worker.terminate();
  }
}
