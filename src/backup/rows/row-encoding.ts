import { availableParallelism } from "node:os";

import type { Bundle } from "@/bundle";

import { exportedTables } from "../tables";
import { BatchEncoder, batchOf, type EncodedBatch, type RowBatch, type TableRequest } from "./encode-batch";
import { EncodingThread } from "./encoding-thread";

/** Checks tables' rows and turns them into COPY lines, one table at a time. */
export interface RowEncoding {
  /** Of the table before, nothing may be under way. */
  begin(request: TableRequest): TableEncoding;
}

/** Bytes of rows: fewer are encoded in the time that a thread takes to start. */
const worthThreads = 8 * 1024 * 1024;
/** One core stays free for the event loop and PostgreSQL; two threads give its session more lines than it can take. */
const threadCount = availableParallelism() > 2 ? 2 : 1;

/**
 * Runs work with an encoding that does its part on threads of its own where there is much to
 * do: the event loop stays free for others, and encoding uses cores that nothing else does.
 */
export async function withRowEncoding<Result>(bundle: Bundle, work: (encoding: RowEncoding) => Promise<Result>): Promise<Result> {
  const bytes = exportedTables.reduce((sum, { name }) => sum + bundle.tableBytes(name), 0);
  if (bytes < worthThreads) return work({ begin: encodeHere });
  const threads = Array.from({ length: threadCount }, () => new EncodingThread());
  try {
    return await work({ begin: (request) => encodeOnThreads(request, threads) });
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** Encodes a batch. @param columns those that the bundle has; null for the first batch, which tells */
type Encode = (batch: RowBatch, columns: readonly string[] | null) => Promise<EncodedBatch>;

/** One table's rows on their way, batch after batch. */
export class TableEncoding {
  private rows = 0;
  private first: Promise<EncodedBatch> | null = null;

  constructor(private readonly encodeBatch: Encode) {}

  /** The rows, which follow those of the call before, may be changed as soon as this has returned. */
  encode(rows: readonly Buffer[]): Promise<EncodedBatch> {
    const batch = batchOf(rows, this.rows);
    this.rows += rows.length;
    if (this.first === null) return (this.first = this.encodeBatch(batch, null));
    return this.first.then(({ columns }) => this.encodeBatch(batch, columns));
  }
}

function encodeHere(request: TableRequest): TableEncoding {
  let encoder: BatchEncoder | null = null;
  return new TableEncoding(async (batch, columns) => (encoder ??= new BatchEncoder(request, columns)).encode(batch));
}

/** In turn, so that each has about as much to do. */
function encodeOnThreads(request: TableRequest, threads: readonly EncodingThread[]): TableEncoding {
  const begun = new Set<EncodingThread>();
  let turn = 0;
  return new TableEncoding((batch, columns) => {
    const thread = threads[turn++ % threads.length];
    if (thread === undefined) throw new Error("There are no threads");
    if (!begun.has(thread)) thread.begin(request, columns);
    begun.add(thread);
    return thread.encode(batch);
  });
}
