import type { PoolClient } from "pg";

import { inOrder } from "../in-order";
import { exportedColumns } from "../tables";
import { copyOut } from "./copy-out";
import { JsonBatches, type JsonBatch } from "./json-batch";
import { RowThread } from "./row-thread";

/** Bytes of lines: fewer become JSON in the time that a thread takes to start and to be compiled. */
const worthThread = 16 * 1024 * 1024;
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

  constructor(private readonly client: PoolClient) {}

  /** Every row, ordered by primary key, without its secrets. */
  read(table: string): AsyncGenerator<JsonBatch> {
    const here = new JsonBatches(table);
    this.thread?.beginJson(table);
    const lines = copyOut(this.client, table, Object.keys(exportedColumns(table)));
    const toJson = async (batch: Buffer<ArrayBuffer>) => {
      this.readBytes += batch.length;
      if (this.thread === null && this.readBytes > worthThread) {
        this.thread = new RowThread();
        this.thread.beginJson(table);
      }
      return this.thread === null ? here.make(batch) : this.thread.toJson(batch);
    };
    return inOrder(lines, underWay, toJson, (batch) => batch.length);
  }

  /** Lets the thread go, once the last table was read. */
  async end(): Promise<void> {
    await this.thread?.end();
    this.thread = null;
  }
}
