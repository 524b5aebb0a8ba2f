import { availableParallelism } from "node:os";

import type { Bundle } from "@/bundle";

import { exportedTables } from "../tables";
import { BatchEncoder, batchOf, type EncodedBatch, type RowBatch, type TableRequest } from "./encode-batch";
import { RowThread } from "./row-thread";

/** Bytes of rows: fewer are encoded in the time that a thread takes to start and to be compiled. At 12 MB it costs a tenth more. */
const worthThreads = 16 * 1024 * 1024;
/** One core stays free for the event loop and PostgreSQL; two threads give its session more whole rows than it can take. */
const threadsAtMost = availableParallelism() > 2 ? 2 : 1;

/**
 * Runs work with an encoding that does its part on threads of its own where there is much to
 * do: the event loop stays free for others, and encoding uses cores that nothing else does.
 */
export async function withRowEncoding<Result>(bundle: Bundle, work: (encoding: RowEncoding) => Promise<Result>): Promise<Result> {
  const bytes = exportedTables.reduce((sum, { name }) => sum + bundle.tableBytes(name), 0);
  const encoding = new RowEncoding(bytes < worthThreads ? 0 : threadsAtMost);
  try {
    return await work(encoding);
  } finally {
    await encoding.end();
  }
}

/** Checks tables' rows and turns them into COPY lines, one table at a time. */
export class RowEncoding {
  private readonly threads: RowThread[] = [];

  /** @param threadCount 0: rows are encoded where they are read */
  constructor(private readonly threadCount: number) {
    // They take a twentieth of a second to be there, in which the import looks around.
    this.startThreads();
  }

  /** Of the table before, nothing may be under way. */
  begin(request: TableRequest): TableEncoding {
    if (this.threadCount === 0) return encodeHere(request);
    this.startThreads();
    return encodeOnThreads(request, this.threads);
  }

  private startThreads(): void {
    while (this.threads.length < this.threadCount) this.threads.push(new RowThread());
  }

  /** Lets its threads go. There will be others if another table begins. */
  async end(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.end()));
  }
}

/** One table's rows on their way, batch after batch. */
export class TableEncoding {
  private rows = 0;
  /** Those that the rows so far have told; batches wait for it, since all of them must have the same. */
  private columns: Promise<readonly string[] | null> = Promise.resolve(null);

  constructor(private readonly encodeBatch: (batch: RowBatch) => Promise<EncodedBatch>) {}

  /** The rows follow those of the call before, and are no longer the caller's. */
  encode(rows: readonly Buffer[]): Promise<EncodedBatch> {
    const batch = batchOf(rows, this.rows);
    this.rows += rows.length;
    const answer = this.columns.then((columns) => this.encodeBatch({ ...batch, columns }));
    this.columns = this.columns.then(async (known) => known ?? (await answer).columns);
    // Whoever waits for the answer hears of it.
    this.columns.catch(() => undefined);
    return answer;
  }
}

function encodeHere(request: TableRequest): TableEncoding {
  const encoder = new BatchEncoder(request);
  return new TableEncoding(async (batch) => encoder.encode(batch));
}

/** In turn, so that each has about as much to do. */
function encodeOnThreads(request: TableRequest, threads: readonly RowThread[]): TableEncoding {
  for (const thread of threads) thread.beginEncoding(request);
  let turn = 0;
  return new TableEncoding(async (batch) => {
    const thread = threads[turn++ % threads.length];
    if (thread === undefined) throw new Error("There are no threads");
    return thread.encode(batch);
  });
}
