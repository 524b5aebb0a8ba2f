import { escapeLiteral, type PoolClient } from "pg";
import { z } from "zod";

import { inOrder } from "../in-order";
import { exportedColumns, rowOrder } from "../tables";
import { copyOut } from "./copy-out";
import { ExportThreads } from "./export-threads";
import { JsonBuffers } from "./json-buffers";
import { LineBuffers } from "./line-buffers";
import { identifier } from "./sql";
import { TableExportHere, TableExportOnThreads, type PackedBatch, type TableExport } from "./table-export";

/** Bytes of a database: a smaller one, of which an empty installation has nine megabytes, is packed in the time that threads take to start. */
const worthThreads = 24 * 1024 * 1024;
/** Bytes of a table that is given to threads which are there: smaller ones are read while they start. */
const worthHandingOver = 1024 * 1024;
/** Bytes of lines, of which a batch has a quarter MiB: enough that neither of two threads nor who feeds them waits for another. A larger one goes alone. */
const underWay = 2.5 * 1024 * 1024;

/** Runs work with a reader of tables that does its part on threads of its own where there is much to read: the event loop stays free for others, and cores do not wait for one another. */
export async function withRowExport<Result>(client: PoolClient, work: (rows: RowExport) => Promise<Result>): Promise<Result> {
  const bytes = await sizeOf(client, "pg_database_size(current_database())");
  const rows = new RowExport(client, bytes < worthThreads ? null : ExportThreads.start());
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
  private readonly buffers = { lines: new LineBuffers(), json: new JsonBuffers() };

  constructor(
    private readonly client: PoolClient,
    /** There from the first: they take a twentieth of a second to be up, in which small tables are read. */
    private threads: ExportThreads | null,
  ) {}

  /** Every row, in the table's order, without its secrets; the last batch tells what the table is. */
  async *read(table: string): AsyncGenerator<PackedBatch> {
    const tableExport = await this.begin(table);
    const selection = { columns: Object.keys(exportedColumns(table)), order: rowOrder(table) };
    const batches = copyOut(this.client, table, selection, this.buffers.lines);
    yield* inOrder(batches, underWay, (lines) => tableExport.push(lines), ({ length }) => length);
    yield await tableExport.end();
  }

  private async begin(table: string): Promise<TableExport> {
    const { threads } = this;
    // Its size is asked for when it is its turn: whoever holds a table holds up its size, too.
    if (threads !== null && (await sizeOf(this.client, `pg_table_size(${escapeLiteral(identifier(table))}::regclass)`)) >= worthHandingOver) {
      return new TableExportOnThreads(table, threads, this.buffers.lines);
    }
    return new TableExportHere(table, this.buffers);
  }

  /** Lets the threads go, once the last table was read. */
  async end(): Promise<void> {
    await this.threads?.end();
    this.threads = null;
  }
}
