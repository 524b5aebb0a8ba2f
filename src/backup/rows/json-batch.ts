import { release } from "@/memory/release";

import { SecretScrubber, secretNameEnds } from "../secrets";
import { exportedColumns } from "../tables";
import { JsonRows } from "./json-rows";

/** What lines of a table became. */
export interface JsonBatch {
  rows: number;
  /** The rows, each with ",\n" before it. */
  json: Buffer<ArrayBuffer>;
  /** By column, how many values were secrets and are null now. */
  removed: ReadonlyMap<string, number>;
}

/** Turns lines of one table into rows for a bundle, each batch independently of the others. */
export class JsonBatches {
  private readonly scrubber = new SecretScrubber();
  private readonly rows: JsonRows;

  constructor(table: string) {
    this.rows = new JsonRows(exportedColumns(table), (...value) => this.scrubber.scrub(...value), secretNameEnds);
  }

  /** @param lines whole lines of COPY's text format, in a buffer to themselves, which is let go of */
  make(lines: Buffer): JsonBatch {
    const { json, count } = this.rows.write(lines);
    release(lines);
    return { rows: count, json, removed: this.scrubber.takeRemoved() };
  }
}
