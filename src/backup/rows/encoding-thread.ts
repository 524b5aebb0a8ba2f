import { Worker } from "node:worker_threads";

import type { EncodedBatch, RowBatch, TableRequest } from "./encode-batch";
import { answerSchema, type EncodingRequest } from "./encoding-messages";

/** Made of encoding-worker.ts by `npm run generate`: a thread cannot load TypeScript. */
const program = new URL("../../generated/encoding-worker.mjs", import.meta.url);

/** BatchEncoder on a thread of its own. Answers in the order in which it was asked. */
export class EncodingThread {
  private readonly worker = new Worker(program);
  private readonly waiting: { resolve: (batch: EncodedBatch) => void; reject: (error: Error) => void }[] = [];
  private failure: Error | null = null;

  constructor() {
    this.worker.on("message", (message: unknown) => this.settle(message));
    this.worker.on("error", (error: Error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new Error("An encoding thread has ended")));
  }

  /** @param columns see BatchEncoder */
  begin({ table, requiredColumns, form }: TableRequest, columns: readonly string[] | null): void {
    const leaveOut = form.leaveOut && { ...form.leaveOut, columns: new Set(form.leaveOut.columns) };
    const substitutions = new Map(
      [...form.substitutions].map(([column, substitution]) => [
        column,
        substitution.by === "itself where known" ? { ...substitution, known: new Set(substitution.known) } : substitution,
      ]),
    );
    this.tell({
      kind: "table",
      name: table.name,
      requiredColumns: [...requiredColumns],
      form: { ...form, leaveOut, substitutions },
      columns: columns && [...columns],
    });
  }

  /** The batch is no longer the caller's. */
  encode(batch: RowBatch): Promise<EncodedBatch> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.tell({ kind: "batch", ...batch }, batch.bytes.buffer, batch.ends.buffer);
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
    const { lines, ...answer } = answerSchema.parse(message);
    this.waiting.shift()?.resolve({ ...answer, lines: lines.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}
