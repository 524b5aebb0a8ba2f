import { TablePacker, type PackedTable, type PackThread } from "@/bundle";

import { JsonBuffers } from "./json-buffers";
import type { LineBuffers } from "./line-buffers";
import type { RowThread } from "./row-thread";
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

/** On the thread of whoever calls it. */
export class TableExportHere implements TableExport {
  private readonly rows: TableRows;
  private readonly packer: TablePacker;
  private readonly json = new JsonBuffers();

  constructor(
    table: string,
    private readonly lineBuffers: LineBuffers,
  ) {
    this.rows = new TableRows(table);
    this.packer = new TablePacker(table);
  }

  async push(lines: Buffer<ArrayBuffer>): Promise<PackedBatch> {
    const packed: Buffer<ArrayBuffer>[] = [];
    const written = this.rows.write(lines, (pieces) => {
      const json = this.json.gather(pieces);
      packed.push(...this.packer.push(json));
      this.json.giveBack(json);
    });
    this.lineBuffers.giveBack(lines);
    return { ...written, packed, table: null };
  }

  async end(): Promise<PackedBatch> {
    return { rows: 0, packed: this.packer.end(), removed: new Map(), table: this.packer.table };
  }
}

export interface ExportThreads {
  writing: RowThread;
  packing: PackThread;
}

/** On threads, one of which writes rows while the other packs those before. */
export class TableExportOnThreads implements TableExport {
  private spare: Buffer<ArrayBuffer>[] = [];

  constructor(
    table: string,
    private readonly threads: ExportThreads,
    private readonly lineBuffers: LineBuffers,
  ) {
    threads.writing.beginExport(table);
    threads.packing.begin(table);
  }

  async push(given: Buffer<ArrayBuffer>): Promise<PackedBatch> {
    const { rows, json, lines, removed } = await this.threads.writing.write(given, this.spare.splice(0));
    this.lineBuffers.giveBack(lines);
    const answers = await Promise.all(json.map((part) => this.threads.packing.push(part)));
    for (const { spare } of answers) if (spare !== null) this.spare.push(spare);
    return { rows, packed: answers.flatMap(({ packed }) => packed), removed, table: null };
  }

  async end(): Promise<PackedBatch> {
    const { packed, table } = await this.threads.packing.finish();
    return { rows: 0, packed, removed: new Map(), table };
  }
}
