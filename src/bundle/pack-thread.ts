import { Worker } from "node:worker_threads";

import { asBuffer } from "@/memory/as-buffer";
import { AnsweringThread, type ThreadLost } from "@/threads/answering-thread";
import { threadOptions } from "@/threads/options";

import { packAnswerSchema, type PackRequest } from "./pack-messages";
import { errorOf } from "./refusal";
import type { PackedTable } from "./table-packer";

/**
 * Made of pack-worker.ts by `npm run generate`: Node's threads cannot load TypeScript.
 * Next's build bundles it once more, into .next.
 */
const program = new URL("../generated/pack-worker.mjs", import.meta.url);

/** What became of rows, or of a table's end. */
export interface PackedRows {
  /** What of the packed table is complete with them: often nothing. */
  packed: Buffer<ArrayBuffer>[];
  /** The rows' buffer, to be used again; null at the end. */
  spare: Buffer<ArrayBuffer> | null;
  /** With the end. */
  table: PackedTable | null;
}

/** TablePacker on a thread of its own, one table at a time. */
export class PackThread {
  private readonly thread: AnsweringThread;

  constructor(threadLost: ThreadLost) {
    this.thread = new AnsweringThread(() => new Worker(program, threadOptions), threadLost);
  }

  begin(table: string): void {
    this.thread.tell({ kind: "table", name: table } satisfies PackRequest);
  }

  /**
   * @param json whole rows as TablePacker takes them, in a buffer to themselves, which is no longer the caller's
   * @throws BundleError `row_too_large`, `nesting_too_deep`, `row_invalid`: a reader would refuse the row
   */
  push(json: Buffer<ArrayBuffer>): Promise<PackedRows> {
    return this.ask({ kind: "rows", json }, json.buffer);
  }

  finish(): Promise<PackedRows> {
    return this.ask({ kind: "end of rows" });
  }

  /** What is under way fails. */
  async end(): Promise<void> {
    await this.thread.end();
  }

  private async ask(request: PackRequest, ...moved: ArrayBuffer[]): Promise<PackedRows> {
    const answer = await this.thread.ask(packAnswerSchema, request, moved);
    if (answer.kind === "refused") throw errorOf(answer);
    const { packed, spare, table } = answer;
    return { packed: packed.map(asBuffer), spare: spare && asBuffer(spare), table };
  }
}
