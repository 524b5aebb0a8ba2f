import { Worker } from "node:worker_threads";

import { asBuffer } from "@/memory/as-buffer";
import { AnsweringThread } from "@/threads/answering-thread";
import { threadOptions } from "@/threads/options";

import type { EncodedBatch, RowBatch, TableRequest } from "./encode-batch";
import { encodedBatchSchema, writtenBatchSchema, type RowRequest } from "./row-messages";
import type { WrittenLines } from "./table-rows";
import { threadLost } from "./thread-lost";

/**
 * Made of row-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../../generated/row-worker.mjs", import.meta.url);

/** Rows in buffers to themselves, and the buffer of the lines that they were, to be used again. */
export interface WrittenBatch extends WrittenLines {
  json: Buffer<ArrayBuffer>[];
  lines: Buffer<ArrayBuffer>;
}

/** BatchEncoder and TableRows on a thread of its own. */
export class RowThread {
  private readonly thread = new AnsweringThread(() => new Worker(program, threadOptions), threadLost);

  beginEncoding({ table, requiredColumns, form }: TableRequest): void {
    this.thread.tell({ kind: "imported table", name: table.name, requiredColumns, form } satisfies RowRequest);
  }

  /** The batch is no longer the caller's. */
  async encode(batch: RowBatch): Promise<EncodedBatch> {
    const request: RowRequest = { kind: "rows", ...batch };
    const answer = await this.thread.ask(encodedBatchSchema, request, [batch.bytes.buffer, batch.ends.buffer]);
    return { ...answer, lines: answer.lines.map(asBuffer) };
  }

  beginExport(table: string): void {
    this.thread.tell({ kind: "exported table", name: table } satisfies RowRequest);
  }

  /**
   * @param lines have a buffer to themselves, which is no longer the caller's
   * @param spare what JSON may be written into; no longer the caller's either
   */
  async write(lines: Buffer<ArrayBuffer>, spare: readonly Buffer<ArrayBuffer>[]): Promise<WrittenBatch> {
    const request: RowRequest = { kind: "lines", bytes: lines, spare };
    const answer = await this.thread.ask(writtenBatchSchema, request, [lines.buffer, ...spare.map(({ buffer }) => buffer)]);
    return { ...answer, json: answer.json.map(asBuffer), lines: asBuffer(answer.lines) };
  }

  /** What is under way fails. */
  async end(): Promise<void> {
    await this.thread.end();
  }
}
