import { release } from "@/memory/release";

import { BundleError } from "../errors";
import { rowEnds, textCapacity, type RowPlace } from "./row-end";

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const closingBracket = 0x5d;
const comma = 0x2c;
const openingBrace = 0x7b;
const openingBracket = 0x5b;

export interface RowLimits {
  /** Bytes of one row. */
  row: number;
  /** Depth of arrays and objects inside one row, the row itself counted. */
  nesting: number;
}

const empty = Buffer.alloc(0);

type Outside = "before array" | "first row" | "row" | "after row" | "after array";

/**
 * Cuts a JSON array of objects into its rows, whatever the chunks it comes in, holding no more
 * than one row. Strict about the array; inside a row only strings and nesting are followed, so
 * that `{` to `}` is found: the row's own grammar is the row scanner's.
 */
export class RowSplitter {
  /** Rows that are complete. */
  rows = 0;
  /** Bytes of the longest of them. */
  longest = 0;
  private outside: Outside = "before array";
  private readonly place: RowPlace = { depth: 0, inString: false, afterBackslash: false };
  /** Of the row that is not complete, in the texts before this one. */
  private heldBytes = 0;
  private held = empty;
  /** Of rows that were given out since the last call and came in parts. */
  private lent: Buffer[] = [];

  /** @param longestKept bytes that none of the rows to be given out exceeds; null: only count and check, hold nothing */
  constructor(
    private readonly entry: string,
    private readonly limits: RowLimits,
    private readonly longestKept: number | null,
  ) {}

  /**
   * @returns the rows that this chunk completes, the caller's until the next call; they may be views of the chunk
   * @throws BundleError `json_invalid`, `row_too_large`, `nesting_too_deep`
   */
  push(chunk: Buffer): Buffer[] {
    this.takeBack();
    const rows: Buffer[] = [];
    for (let start = 0; start < chunk.length; start += textCapacity) this.pushText(chunk.subarray(start, start + textCapacity), rows);
    return rows;
  }

  /** @throws BundleError `json_invalid` */
  end(): void {
    this.takeBack();
    if (this.outside !== "after array" || this.place.depth > 0) throw this.invalid("ends before its array does");
  }

  private takeBack(): void {
    for (const row of this.lent.splice(0)) release(row);
  }

  private pushText(text: Buffer, rows: Buffer[]): void {
    rowEnds().load(text);
    for (let position = 0; position < text.length; ) {
      let start = position;
      if (this.place.depth === 0) {
        position = this.skipOutside(text, position);
        if (this.place.depth === 0) return;
        // The row's opening brace is the byte before.
        start = position - 1;
      }
      position = this.skipInside(text, position);
      this.take(text, start, position, rows);
    }
  }

  /** Up to and with the brace that opens a row, or to the text's end. */
  private skipOutside(text: Buffer, from: number): number {
    for (let position = from; position < text.length; position++) {
      const byte = text[position];
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue;
      if (byte === openingBrace && (this.outside === "first row" || this.outside === "row")) {
        this.place.depth = 1;
        return position + 1;
      }
      this.outside = this.punctuation(byte);
    }
    return text.length;
  }

  private punctuation(byte: number | undefined): Outside {
    if (byte === openingBracket && this.outside === "before array") return "first row";
    if (byte === comma && this.outside === "after row") return "row";
    if (byte === closingBracket && (this.outside === "first row" || this.outside === "after row")) return "after array";
    throw this.invalid(`has byte 0x${(byte ?? 0).toString(16).padStart(2, "0")} where it cannot stand`);
  }

  /** Up to and with the brace that closes the row, or to the text's end. */
  private skipInside(text: Buffer, from: number): number {
    const position = rowEnds().find(this.place, from, text.length, this.limits.nesting);
    if (this.place.depth > this.limits.nesting) throw this.tooDeep();
    return position;
  }

  /** Adds what lies between to the row at hand, which is complete once nothing is open. */
  private take(text: Buffer, start: number, end: number, rows: Buffer[]): void {
    const before = this.heldBytes;
    this.heldBytes += end - start;
    if (this.heldBytes > this.limits.row) throw this.tooLarge();
    const isComplete = this.place.depth === 0;
    if (this.longestKept !== null) {
      if (before === 0 && isComplete) rows.push(text.subarray(start, end));
      else this.hold(text.subarray(start, end), before, this.longestKept);
    }
    if (!isComplete) return;
    if (this.held.length > 0) {
      rows.push(this.held.subarray(0, this.heldBytes));
      this.lent.push(this.held);
      this.held = empty;
    }
    this.longest = Math.max(this.longest, this.heldBytes);
    this.heldBytes = 0;
    this.rows += 1;
    this.outside = "after row";
  }

  /** In a room for the longest row from the first: what is not written to costs nothing, and it is given back soon. */
  private hold(part: Buffer, before: number, longest: number): void {
    if (before === 0) this.held = Buffer.allocUnsafeSlow(longest);
    if (before + part.length > longest) throw new RangeError(`A row of ${this.entry} is longer than any was before`);
    part.copy(this.held, before);
  }

  private invalid(how: string): BundleError {
    return new BundleError("json_invalid", `${this.entry} is no JSON array of objects: at row ${this.rows} it ${how}.`, {
      entry: this.entry,
      row: this.rows,
    });
  }

  private tooLarge(): BundleError {
    const { row } = this.limits;
    return new BundleError("row_too_large", `Row ${this.rows} of ${this.entry} has more than ${row} bytes.`, {
      entry: this.entry,
      row: this.rows,
    });
  }

  private tooDeep(): BundleError {
    const { nesting } = this.limits;
    return new BundleError("nesting_too_deep", `Row ${this.rows} of ${this.entry} nests more than ${nesting} deep.`, {
      entry: this.entry,
      row: this.rows,
    });
  }
}
