import { escapeLiteral, type PoolClient } from "pg";
import { z } from "zod";

import { inOrder } from "../in-order";
import { exportedColumns } from "../tables";
import { copyOut } from "./copy-out";
import { LineBuffers } from "./line-buffers";
import { RowThread } from "./row-thread";
import { identifier } from "./sql";
import { TableExport, type PackedBatch } from "./table-export";

/** Bytes of a database: a smaller one, of which an empty installation has nine megabytes, is packed in the time that a thread takes to start. */
const worthThread = 24 * 1024 * 1024;
/** Bytes of a table that is given to a thread which is there: smaller ones are read while it starts. */
const worthHandingOver = 1024 * 1024;
/** Bytes of lines, of which a batch has a quarter MiB: enough that neither the thread nor who feeds it waits for the other. A larger one goes alone. */
const underWay = 1.25 * 1024 * 1024;

/** Runs work with a reader of tables that does its part on a thread of its own where there is much to read: the event loop stays free for others. */
export async function withRowExport<Result>(client: PoolClient, work: (rows: RowExport) => Promise<Result>): Promise<Result> {
  const bytes = await sizeOf(client, "pg_database_size(current_database())");
  const rows = new RowExport(client, bytes < worthThread ? null : new RowThread());
  try {
    return await work(rows);
  } finally {
    await rows.end();
  }
}

const sizes = z.tuple([z.object({ bytes: z.string().transform(Number) })]);

async function sizeOf(client: PoolClient, expression: string): Promise<number> {
  const { rows } = await client.query(`SELECT ${expression} AS bytes`);
  return sizes.parse(rows)[0].bytes;
}

/** Reads tables as data files of a bundle, one table at a time. */
export class RowExport {
  private readonly buffers = new LineBuffers();

  constructor(
    private readonly client: PoolClient,
    /** There from the first: it takes a tenth of a second to be up, in which small tables are read. */
    private thread: RowThread | null,
  ) {}

  /** Every row, ordered by primary key, without its secrets; the last batch tells what the table is. */
  async *read(table: string): AsyncGenerator<PackedBatch> {
    const { push, end } = await this.begin(table);
    const lines = copyOut(this.client, table, Object.keys(exportedColumns(table)), this.buffers);
    for await (const batch of inOrder(lines, underWay, push, (some) => some.length)) {
      if (batch.lines !== null) this.buffers.giveBack(batch.lines);
      yield batch;
    }
    yield await end();
  }

  private async begin(table: string): Promise<{ push: (lines: Buffer<ArrayBuffer>) => Promise<PackedBatch>; end: () => Promise<PackedBatch> }> {
    const { thread } = this;
    // Its size is asked for when it is its turn: whoever holds a table holds up its size, too.
    if (thread !== null && (await sizeOf(this.client, `pg_table_size(${escapeLiteral(identifier(table))}::regclass)`)) >= worthHandingOver) {
      thread.beginExport(table);
      return { push: (lines) => thread.push(lines), end: () => thread.endExport() };
    }
    const here = new TableExport(table);
    return { push: async (lines) => here.push(lines), end: async () => here.end() };
  }

  /** Lets the thread go, once the last table was read. */
  async end(): Promise<void> {
    await this.thread?.end();
    this.thread = null;
  }
}
