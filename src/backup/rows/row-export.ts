import type { PoolClient } from "pg";

import { inOrder } from "../in-order";
import { exportedColumns } from "../tables";
import { copyOut } from "./copy-out";
import { JsonBatches, type JsonBatch } from "./json-batch";
import { RowThread } from "./row-thread";

/** Bytes of lines: while a thread starts and is compiled, four times as many become JSON here. */
const worthThread = 4 * 1024 * 1024;
/** Bytes of lines, of which a batch has a quarter MiB: enough that neither the thread nor who feeds it waits for the other. A larger one goes alone. */
const underWay = 1.25 * 1024 * 1024;

/** Runs work with a reader of tables that does its part on a thread of its own once much was read: the event loop stays free for others. */
export async function withRowExport<Result>(client: PoolClient, work: (rows: RowExport) => Promise<Result>): Promise<Result> {
  const rows = new RowExport(client);
  try {
    return await work(rows);
  } finally {
    await rows.end();
  }
}

/** Reads tables as rows for a bundle, one table at a time. */
export class RowExport {
  private readBytes = 0;
  private thread: RowThread | null = null;
  /** Whether the thread has answered: until then it would be waited for. */
  private isUp = false;

  constructor(private readonly client: PoolClient) {}

  /** Every row, ordered by primary key, without its secrets. */
  read(table: string): AsyncGenerator<JsonBatch> {
    const here = new JsonBatches(table);
    this.thread?.beginJson(table);
    const lines = copyOut(this.client, table, Object.keys(exportedColumns(table)));
    const toJson = async (batch: Buffer<ArrayBuffer>) => {
      this.readBytes += batch.length;
      if (this.readBytes > worthThread) this.thread ??= this.startThread(table);
      return this.thread !== null && this.isUp ? this.thread.toJson(batch) : here.make(batch);
    };
    return inOrder(lines, underWay, toJson, (batch) => batch.length);
  }

  private startThread(table: string): RowThread {
    const thread = new RowThread();
    thread.beginJson(table);
    const up = () => (this.isUp = true);
    // Where it has failed, so does what it is given next.
    thread.toJson(Buffer.allocUnsafeSlow(0)).then(up, up);
    return thread;
  }

  /** Lets the thread go, once the last table was read. */
  async end(): Promise<void> {
    await this.thread?.end();
    this.thread = null;
  }
}
