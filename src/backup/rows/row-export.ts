import type { PoolClient } from "pg";
import { z } from "zod";

import { inOrder } from "../in-order";
import { exportedColumns, exportedTables } from "../tables";
import { copyOut } from "./copy-out";
import { LineBuffers } from "./line-buffers";
import { RowThread } from "./row-thread";
import { TableExport, type PackedBatch } from "./table-export";

/** Bytes that a table takes in the database: a smaller one is packed in the time that a thread takes to start. */
const worthThread = 8 * 1024 * 1024;
/** Bytes of lines, of which a batch has a quarter MiB: enough that neither the thread nor who feeds it waits for the other. A larger one goes alone. */
const underWay = 1.25 * 1024 * 1024;

/** Runs work with a reader of tables that does its part on a thread of its own for those that are large: the event loop stays free for others. */
export async function withRowExport<Result>(client: PoolClient, work: (rows: RowExport) => Promise<Result>): Promise<Result> {
  const rows = new RowExport(client, await findLargeTables(client));
  try {
    return await work(rows);
  } finally {
    await rows.end();
  }
}

const tableSizes = z.array(z.object({ name: z.string(), bytes: z.string().transform(Number) }));

async function findLargeTables(client: PoolClient): Promise<Set<string>> {
  const { rows } = await client.query("SELECT name, pg_table_size(quote_ident(name)::regclass) AS bytes FROM unnest($1::text[]) AS name", [
    exportedTables.map(({ name }) => name),
  ]);
  return new Set(tableSizes.parse(rows).flatMap(({ name, bytes }) => (bytes < worthThread ? [] : [name])));
}

/** Reads tables as data files of a bundle, one table at a time. */
export class RowExport {
  /** There from the first: it takes a tenth of a second to be up, in which small tables are read. */
  private thread: RowThread | null;
  private readonly buffers = new LineBuffers();

  constructor(
    private readonly client: PoolClient,
    private readonly largeTables: ReadonlySet<string>,
  ) {
    this.thread = largeTables.size > 0 ? new RowThread() : null;
  }

  /** Every row, ordered by primary key, without its secrets; the last batch tells what the table is. */
  async *read(table: string): AsyncGenerator<PackedBatch> {
    const { push, end } = this.begin(table);
    const lines = copyOut(this.client, table, Object.keys(exportedColumns(table)), this.buffers);
    for await (const batch of inOrder(lines, underWay, push, (some) => some.length)) {
      if (batch.lines !== null) this.buffers.giveBack(batch.lines);
      yield batch;
    }
    yield await end();
  }

  private begin(table: string): { push: (lines: Buffer<ArrayBuffer>) => Promise<PackedBatch>; end: () => Promise<PackedBatch> } {
    const { thread } = this;
    if (thread !== null && this.largeTables.has(table)) {
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
