import { escapeLiteral, type PoolClient } from "pg";
import { z } from "zod";

import { PackThread } from "@/bundle";

import { inOrder } from "../in-order";
import { exportedColumns } from "../tables";
import { copyOut } from "./copy-out";
import { LineBuffers } from "./line-buffers";
import { TableExportHere, TableExportOnThreads, type ExportThreads, type PackedBatch, type TableExport } from "./table-export";
import { RowThread } from "./row-thread";
import { identifier } from "./sql";
import { threadLost } from "./thread-lost";

/** Bytes of a database: a smaller one, of which an empty installation has nine megabytes, is packed in the time that threads take to start. */
const worthThreads = 24 * 1024 * 1024;
/** Bytes of a table that is given to threads which are there: smaller ones are read while they start. */
const worthHandingOver = 1024 * 1024;
/** Bytes of lines, of which a batch has a quarter MiB: enough that neither of two threads nor who feeds them waits for another. A larger one goes alone. */
const underWay = 2.5 * 1024 * 1024;

/** Runs work with a reader of tables that does its part on threads of its own where there is much to read: the event loop stays free for others, and cores do not wait for one another. */
export async function withRowExport<Result>(client: PoolClient, work: (rows: RowExport) => Promise<Result>): Promise<Result> {
  const bytes = await sizeOf(client, "pg_database_size(current_database())");
  const rows = new RowExport(client, bytes < worthThreads ? null : { writing: new RowThread(), packing: new PackThread(threadLost) });
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
    /** There from the first: they take a twentieth of a second to be up, in which small tables are read. */
    private threads: ExportThreads | null,
  ) {}

  /** Every row, ordered by primary key, without its secrets; the last batch tells what the table is. */
  async *read(table: string): AsyncGenerator<PackedBatch> {
    const packed = await this.begin(table);
    const lines = copyOut(this.client, table, Object.keys(exportedColumns(table)), this.buffers);
    yield* inOrder(lines, underWay, (some) => packed.push(some), (some) => some.length);
    yield await packed.end();
  }

  private async begin(table: string): Promise<TableExport> {
    const { threads } = this;
    // Its size is asked for when it is its turn: whoever holds a table holds up its size, too.
    if (threads !== null && (await sizeOf(this.client, `pg_table_size(${escapeLiteral(identifier(table))}::regclass)`)) >= worthHandingOver) {
      return new TableExportOnThreads(table, threads, this.buffers);
    }
    return new TableExportHere(table, this.buffers);
  }

  /** Lets the threads go, once the last table was read. */
  async end(): Promise<void> {
    await Promise.all([this.threads?.writing.end(), this.threads?.packing.end()]);
    this.threads = null;
  }
}
