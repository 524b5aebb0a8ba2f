import type { Column, ColumnType } from "../tables";
import { withJsonRowsProgram, type Field, type Notation, type WrittenRows } from "./json-rows-program";

/** What stands in place of a JSON value, at `start` to `end`, that may not leave as it is; null: it may. */
export type Scrub = (column: string, json: Buffer, start: number, end: number) => Buffer | null;

/** How a column's value is written in JSON, where its text in PostgreSQL is known. */
const notations: Readonly<Record<ColumnType["kind"], Notation>> = {
  uuid: "string",
  text: "string",
  object_key: "string",
  sha256: "string",
  enum: "string",
  timestamp: "timestamp",
  json: "json",
  text_list: "array",
  float: "number",
  numeric: "number",
  integer: "number",
  bigint: "number",
  boolean: "boolean",
};

/**
 * Turns lines of COPY's text format (PostgreSQL manual, COPY, "Text Format") into rows of
 * JSON, each with ",\n" before it, byte for byte as PostgreSQL's row_to_json() would write
 * them. It expects a session that writes timestamps in ISO style and UTC.
 */
export class JsonRows {
  private readonly columns: readonly string[];
  private readonly fields: readonly Field[];

  /** @param nameEnds like secretNameEnds: `scrub` is asked about JSON with a name that may end so */
  constructor(
    columns: Readonly<Record<string, Column>>,
    private readonly scrub: Scrub,
    private readonly nameEnds: Int16Array,
  ) {
    this.columns = Object.keys(columns);
    this.fields = Object.entries(columns).map(([column, { type }], index) => ({
      name: Buffer.from(`${index === 0 ? ",\n{" : ","}${JSON.stringify(column)}:`),
      notation: notations[type.kind],
    }));
  }

  /**
   * @param lines whole lines
   * @param take is given what they become, whole rows in pieces, at which it may look until it returns
   * @returns the number of rows
   */
  write(lines: Buffer, take: (json: readonly Buffer[]) => void): number {
    let count = 0;
    withJsonRowsProgram((program) => {
      program.load(this.fields, this.nameEnds, lines);
      while (!program.isDone) {
        const rows = program.writeRows();
        count += rows.count;
        take(this.withoutSecrets(rows));
      }
    });
    return count;
  }

  private withoutSecrets({ bytes, values }: WrittenRows): Buffer[] {
    const parts: Buffer[] = [];
    let keptFrom = 0;
    for (const { field, start, end } of values) {
      const scrubbed = this.scrub(this.columns[field] ?? "", bytes, start, end);
      if (scrubbed === null) continue;
      parts.push(bytes.subarray(keptFrom, start), scrubbed);
      keptFrom = end;
    }
    return [...parts, bytes.subarray(keptFrom)];
  }
}
