import { TablePacker, type PackedTable } from "@/bundle";

import type { ExportThreads } from "./export-threads";
import type { JsonBuffers } from "./json-buffers";
import type { LineBuffers } from "./line-buffers";
import { TableRows } from "./table-rows";

/** What lines of a table became. */
export interface PackedBatch {
  rows: number;
  /** What of the packed table is complete with them: often nothing. */
  packed: Buffer<ArrayBuffer>[];
  /** By column, how many values were secrets and are null now. */
  removed: ReadonlyMap<string, number>;
  /** With the last one. */
  table: PackedTable | null;
}

/** Turns lines of one table into its data file in a bundle, batch after batch. */
export interface TableExport {
  /** @param lines whole lines of COPY's text format, which are no longer the caller's */
  push(lines: Buffer<ArrayBuffer>): Promise<PackedBatch>;
  end(): Promise<PackedBatch>;
}

/** Where lines and rows lie, used again by the next table. */
export interface ExportBuffers {
  lines: LineBuffers;
  json: JsonBuffers;
}

/** On the thread of whoever calls it. */
export class TableExportHere implements TableExport {
  private readonly rows: TableRows;
  private readonly packer: TablePacker;

  constructor(
    table: string,
    private readonly buffers: ExportBuffers,
  ) {
    this.rows = new TableRows(table);
    this.packer = new TablePacker(table);
  }

  async push(lines: Buffer<ArrayBuffer>): Promise<PackedBatch> {
    const packed: Buffer<ArrayBuffer>[] = [];
    const written = this.rows.write(lines, (pieces) => {
      const json = this.buffers.json.gather(pieces);
      packed.push(...this.packer.push(json));
      this.buffers.json.giveBack(json);
    });
    this.buffers.lines.giveBack(lines);
    return { ...written, packed, table: null };
  }

  async end(): Promise<PackedBatch> {
    return { rows: 0, packed: this.packer.end(), removed: new Map(), table: this.packer.table };
  }
}

export class TableExportOnThreads implements TableExport {
  constructor(
    table: string,
    private readonly threads: ExportThreads,
    private readonly lineBuffers: LineBuffers,
  ) {
    threads.writing.beginExport(table);
    threads.packing.begin(table);
  }

  /** Batches are packed in the order in which they were pushed: the writing thread answers in it, and each goes on at once. */
  async push(lines: Buffer<ArrayBuffer>): Promise<PackedBatch> {
    const { writing, packing, spare } = this.threads;
    const written = await writing.write(lines, spare.splice(0));
    this.lineBuffers.giveBack(written.lines);
    const answers = await Promise.all(written.json.map((json) => packing.push(json)));
    spare.push(...answers.flatMap((answer) => answer.spare ?? []));
    return { rows: written.rows, removed: written.removed, packed: answers.flatMap(({ packed }) => packed), table: null };
  }

  async end(): Promise<PackedBatch> {
    const { packed, table } = await this.threads.packing.finish();
    return { rows: 0, packed, removed: new Map(), table };
  }
}
