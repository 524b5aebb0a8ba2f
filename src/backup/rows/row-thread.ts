import { Worker } from "node:worker_threads";

import type { z } from "zod";

import { BackupError } from "../errors";
import type { EncodedBatch, RowBatch, TableRequest } from "./encode-batch";
import { encodedBatchSchema, packedBatchSchema, type RowRequest } from "./row-messages";
import type { PackedBatch } from "./table-export";

/**
 * Made of row-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../../generated/row-worker.mjs", import.meta.url);

interface Question {
  settle: (message: unknown) => void;
  reject: (error: Error) => void;
}

/** BatchEncoder and TableExport on a thread of its own. Answers in the order in which it was asked, or fails with `thread_lost`, or with the error that a defect of theirs is. */
export class RowThread {
  // Without the options of the process, which may load what only the main thread needs.
  private readonly worker = new Worker(program, { execArgv: [] });
  private readonly waiting: Question[] = [];
  private failure: Error | null = null;

  constructor() {
    this.worker.on("message", (message: unknown) => this.waiting.shift()?.settle(message));
    this.worker.on("messageerror", (error: Error) => this.fail(error));
    this.worker.on("error", (error: Error) => this.fail(isOutOfMemory(error) ? threadLost(error) : error));
    this.worker.on("exit", () => this.fail(threadLost(null)));
  }

  beginEncoding({ table, requiredColumns, form }: TableRequest): void {
    const leaveOut = form.leaveOut && { ...form.leaveOut, columns: new Set(form.leaveOut.columns) };
    const substitutions = new Map(
      [...form.substitutions].map(([column, substitution]) => [
        column,
        substitution.by === "itself where known" ? { ...substitution, known: new Set(substitution.known) } : substitution,
      ]),
    );
    const request = { name: table.name, requiredColumns: [...requiredColumns], form: { ...form, leaveOut, substitutions } };
    this.worker.postMessage({ kind: "imported table", ...request } satisfies RowRequest);
  }

  /** The batch is no longer the caller's. */
  async encode(batch: RowBatch): Promise<EncodedBatch> {
    const request: RowRequest = { kind: "rows", ...batch, columns: batch.columns && [...batch.columns] };
    const answer = await this.ask(encodedBatchSchema, request, batch.bytes.buffer, batch.ends.buffer);
    return { ...answer, lines: answer.lines.map(asBuffer) };
  }

  beginExport(table: string): void {
    this.worker.postMessage({ kind: "exported table", name: table } satisfies RowRequest);
  }

  /** The lines, which have a buffer to themselves, are no longer the caller's. */
  push(lines: Buffer<ArrayBuffer>): Promise<PackedBatch> {
    return this.askForPacked({ kind: "lines", bytes: lines }, lines.buffer);
  }

  endExport(): Promise<PackedBatch> {
    return this.askForPacked({ kind: "end of lines" });
  }

  private async askForPacked(request: RowRequest, ...moved: ArrayBuffer[]): Promise<PackedBatch> {
    const answer = await this.ask(packedBatchSchema, request, ...moved);
    return { ...answer, packed: answer.packed.map(asBuffer), lines: answer.lines && asBuffer(answer.lines) };
  }

  /** What is under way fails. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private ask<Answer>(schema: z.ZodType<Answer>, request: RowRequest, ...moved: ArrayBuffer[]): Promise<Answer> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      const settle = (message: unknown) => {
        const answer = schema.safeParse(message);
        if (answer.success) resolve(answer.data);
        else reject(this.fail(answer.error));
      };
      // Where it cannot be sent, nobody waits for its answer.
      this.worker.postMessage(request, moved);
      this.waiting.push({ settle, reject });
    });
  }

  private fail(failure: Error): Error {
    this.failure ??= failure;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
    void this.worker.terminate();
    return this.failure;
  }
}

function threadLost(cause: Error | null): BackupError {
  return new BackupError("thread_lost", "A thread that works on rows has ended. Nothing was changed; try again.", { cause });
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function asBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer<ArrayBuffer> {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
