import { SecretScrubber, secretNameEnds } from "../secrets";
import { exportedColumns } from "../tables";
import { JsonRows } from "./json-rows";

/** What is to be told of lines that were written. */
export interface WrittenLines {
  rows: number;
  /** By column, how many values were secrets and are null now. */
  removed: ReadonlyMap<string, number>;
}

/** Turns lines of one table into the rows of its data file in a bundle, batch after batch. */
export class TableRows {
  private readonly scrubber = new SecretScrubber();
  private readonly rows: JsonRows;

  constructor(table: string) {
    this.rows = new JsonRows(exportedColumns(table), (...value) => this.scrubber.scrub(...value), secretNameEnds);
  }

  /**
   * @param lines whole lines of COPY's text format
   * @param take is given what they become, whole rows in pieces, each row with ",\n" before it, at which it may look until it returns
   */
  write(lines: Buffer, take: (json: readonly Buffer[]) => void): WrittenLines {
    const rows = this.rows.write(lines, take);
    return { rows, removed: this.scrubber.takeRemoved() };
  }
}
