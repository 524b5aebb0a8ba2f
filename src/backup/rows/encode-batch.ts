import { isUtf8 } from "node:buffer";

import { release } from "@/memory/release";
import { takeOver } from "@/memory/take-over";

import type { RowError } from "../report";
import type { TableDefinition } from "../tables";
import { RowEncoder } from "./encode-row";
import type { LineForm } from "./line-form";
import { usualRowsProgram, type UsualRowsProgram } from "./usual-rows-program";

export interface TableRequest {
  table: TableDefinition;
  /** Columns that no bundle can lack, since the database has no default for them. */
  requiredColumns: readonly string[];
  form: LineForm;
}

/** Rows of a table that follow one another, as they stand in a bundle. */
export interface RowBatch {
  /** Index of the first row in its data file. */
  firstRow: number;
  /** One row after the other, nothing between them. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Of each row, the position of the byte after it. */
  ends: Uint32Array<ArrayBuffer>;
  /** The columns that every row must have; null where no row has told yet: those that the first one has. */
  columns: readonly string[] | null;
}

/** What the rows of a batch became. */
export interface EncodedBatch {
  rows: number;
  /** COPY lines; of a batch with errors they mean nothing. */
  lines: Buffer<ArrayBuffer>[];
  /** The first things that are wrong with these rows. */
  errors: RowError[];
  errorCount: number;
  /** The columns that the bundle has; null where no row has told yet. */
  columns: readonly string[] | null;
  /** These three: see RowEncoder. */
  unknownColumns: readonly string[];
  substitutedByNone: ReadonlyMap<string, number>;
  ascent: { from: string; to: string } | null;
}

/** More of what is wrong with a bundle's rows is counted and not told. */
export const errorsTold = 100;

/** Bytes of a row that is taken over with the buffer that it has to itself, instead of being copied. Larger than any buffer that bundles are read with. */
const takenOver = 1024 * 1024;

/** The rows are copied, or no longer the caller's. */
export function batchOf(rows: readonly Buffer[], firstRow: number): Omit<RowBatch, "columns"> {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined && only.length >= takenOver && only.length === only.buffer.byteLength && only.buffer instanceof ArrayBuffer) {
    const ends = Uint32Array.of(only.length);
    return { firstRow, bytes: new Uint8Array(takeOver(only.buffer)), ends };
  }
  const ends = new Uint32Array(rows.length);
  let length = 0;
  for (const [index, row] of rows.entries()) ends[index] = length += row.length;
  const bytes = new Uint8Array(length);
  for (const [index, row] of rows.entries()) bytes.set(row, (ends[index] ?? 0) - row.length);
  return { firstRow, bytes, ends };
}

/** Turns batches of one table into COPY lines, each independently of the others. */
export class BatchEncoder {
  private readonly encoder: RowEncoder;
  private errors: RowError[] = [];
  private errorCount = 0;

  constructor({ table, requiredColumns, form }: TableRequest) {
    this.encoder = new RowEncoder(table, requiredColumns, (error) => this.note(error), form);
  }

  /** @param batch its bytes are let go of */
  encode({ firstRow, bytes, ends, columns }: RowBatch): EncodedBatch {
    const { encoder } = this;
    const rows = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const lines: Buffer<ArrayBuffer>[] = [];
    this.errors = [];
    this.errorCount = 0;
    encoder.restart(columns);
    const usual = this.loadUsual(rows, ends, firstRow);
    for (let index = 0; index < ends.length; ) {
      const end = this.endOfWanted(firstRow, index, ends.length);
      if (end === index) index++;
      else index = this.encodeRun(usual, rows, ends, firstRow, index, end, lines);
    }
    if (!encoder.output.isEmpty) lines.push(encoder.output.take());
    release(bytes);
    const { errors, errorCount } = this;
    const { unknownColumns, substitutedByNone, ascent } = encoder;
    return {
      rows: ends.length,
      lines,
      errors,
      errorCount,
      columns: encoder.columns,
      unknownColumns: [...unknownColumns],
      substitutedByNone,
      ascent,
    };
  }

  /** Null where the rows have no usual form. */
  private loadUsual(rows: Buffer, ends: Uint32Array, firstRow: number): UsualRowsProgram | null {
    const form = this.encoder.usualForm;
    // Rows are cut at braces: together they are valid where each of them is.
    if (form === null || !isUtf8(rows)) return null;
    const program = usualRowsProgram();
    return program.load(form, rows, ends, firstRow) ? program : null;
  }

  /** Behind the last of the wanted rows that begin there. */
  private endOfWanted(firstRow: number, start: number, rows: number): number {
    let end = start;
    while (end < rows && this.encoder.isWanted(firstRow + end)) end++;
    return end;
  }

  /** Rows that are all wanted. @returns their end */
  private encodeRun(usual: UsualRowsProgram | null, rows: Buffer, ends: Uint32Array, firstRow: number, start: number, end: number, lines: Buffer<ArrayBuffer>[]): number {
    const { encoder } = this;
    for (let index = start; index < end; ) {
      const run = usual?.encode(index, end);
      if (usual !== null && run !== undefined && run.end > index) {
        encoder.addUsual(run, rowAt(rows, ends, index), rowAt(rows, ends, run.end - 1), (slot) => usual.takeSubstitutedByNone(slot));
        index = run.end;
      } else {
        encoder.encode(rowAt(rows, ends, index), firstRow + index);
        index++;
      }
      if (encoder.output.isFull) lines.push(encoder.output.take());
    }
    return end;
  }

  private note(error: () => RowError): void {
    this.errorCount += 1;
    if (this.errors.length < errorsTold) this.errors.push(error());
  }
}

function rowAt(rows: Buffer, ends: Uint32Array, index: number): Buffer {
  return rows.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
}
