import { TablePacker, type PackedTable } from "@/bundle";

import { SecretScrubber, secretNameEnds } from "../secrets";
import { exportedColumns } from "../tables";
import { JsonRows } from "./json-rows";

/** What lines of a table became. */
export interface PackedBatch {
  rows: number;
  /** What of the packed table is complete with them: often nothing. */
  packed: Buffer<ArrayBuffer>[];
  /** The lines' buffer, to be used again; null at the end. */
  lines: Buffer<ArrayBuffer> | null;
  /** By column, how many values were secrets and are null now. */
  removed: ReadonlyMap<string, number>;
  /** With the last one. */
  table: PackedTable | null;
}

/** Turns lines of one table into its data file in a bundle, batch after batch. */
export class TableExport {
  private readonly scrubber = new SecretScrubber();
  private readonly rows: JsonRows;
  private readonly packer: TablePacker;

  constructor(table: string) {
    this.rows = new JsonRows(exportedColumns(table), (...value) => this.scrubber.scrub(...value), secretNameEnds);
    this.packer = new TablePacker(table);
  }

  /** @param lines whole lines of COPY's text format */
  push(lines: Buffer<ArrayBuffer>): PackedBatch {
    const packed: Buffer<ArrayBuffer>[] = [];
    const rows = this.rows.write(lines, (json) => packed.push(...this.packer.push(json)));
    return { rows, packed, lines, removed: this.scrubber.takeRemoved(), table: null };
  }

  end(): PackedBatch {
    return { rows: 0, packed: this.packer.end(), lines: null, removed: new Map(), table: this.packer.table };
  }
}
