import { BundleError } from "../errors";

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const backslash = 0x5c;
const closingBrace = 0x7d;
const closingBracket = 0x5d;
const comma = 0x2c;
const openingBrace = 0x7b;
const openingBracket = 0x5b;
const quote = 0x22;

export interface RowLimits {
  /** Bytes of one row. */
  row: number;
  /** Depth of arrays and objects inside one row, the row itself counted. */
  nesting: number;
}

type Outside = "before array" | "first row" | "row" | "after row" | "after array";

/**
 * Cuts a JSON array of objects into its rows, whatever the chunks it comes in, holding no more
 * than one row. Strict about the array; inside a row only strings and nesting are followed, so
 * that `{` to `}` is found: the row's own grammar is the row scanner's.
 */
export class RowSplitter {
  /** Rows that are complete. */
  rows = 0;
  private outside: Outside = "before array";
  private depth = 0;
  private inString = false;
  private afterBackslash = false;
  /** Of the row that is not complete, in the chunks before this one. */
  private heldBytes = 0;
  private held: Buffer[] = [];

  /** @param keepRows false: only count and check, hold nothing */
  constructor(
    private readonly entry: string,
    private readonly limits: RowLimits,
    private readonly keepRows: boolean,
  ) {}

  /**
   * @returns the rows that this chunk completes; they may be views of the chunk
   * @throws BundleError `json_invalid`, `row_too_large`, `nesting_too_deep`
   */
  push(chunk: Buffer): Buffer[] {
    const rows: Buffer[] = [];
    let position = 0;
    while (position < chunk.length) {
      const start = position;
      if (this.depth === 0) {
        position = this.skipOutside(chunk, position);
        if (this.depth === 0) break;
        // The row's opening brace is the byte before.
        const rowStart = position - 1;
        position = this.skipInside(chunk, position);
        this.take(chunk, rowStart, position, rows);
      } else {
        position = this.skipInside(chunk, position);
        this.take(chunk, start, position, rows);
      }
    }
    return rows;
  }

  /** @throws BundleError `json_invalid` */
  end(): void {
    if (this.outside !== "after array" || this.depth > 0) throw this.invalid("ends before its array does");
  }

  /** Up to and with the brace that opens a row, or to the chunk's end. */
  private skipOutside(chunk: Buffer, from: number): number {
    for (let position = from; position < chunk.length; position++) {
      const byte = chunk[position];
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue;
      if (byte === openingBrace && (this.outside === "first row" || this.outside === "row")) {
        this.depth = 1;
        return position + 1;
      }
      this.outside = this.punctuation(byte);
    }
    return chunk.length;
  }

  private punctuation(byte: number | undefined): Outside {
    if (byte === openingBracket && this.outside === "before array") return "first row";
    if (byte === comma && this.outside === "after row") return "row";
    if (byte === closingBracket && (this.outside === "first row" || this.outside === "after row")) return "after array";
    throw this.invalid(`has byte 0x${(byte ?? 0).toString(16).padStart(2, "0")} where it cannot stand`);
  }

  /** Up to and with the brace that closes the row, or to the chunk's end. */
  private skipInside(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let { depth, inString } = this;
    let position = from;
    if (this.afterBackslash) {
      position += 1;
      this.afterBackslash = false;
    }
    while (position < length && depth > 0) {
      if (inString) {
        position = skipText(chunk, position);
        if (position >= length) break;
        if (chunk[position] === quote) inString = false;
        // What is escaped is skipped with its backslash, even into the next chunk.
        else position += 1;
        position += 1;
        continue;
      }
      const byte = chunk[position];
      position += 1;
      if (byte === quote) inString = true;
      else if (byte === openingBrace || byte === openingBracket) {
        depth += 1;
        if (depth > this.limits.nesting) throw this.tooDeep();
      } else if (byte === closingBrace || byte === closingBracket) depth -= 1;
    }
    this.afterBackslash = position > length;
    this.depth = depth;
    this.inString = inString;
    return Math.min(position, length);
  }

  /** Adds what lies between to the row at hand, which is complete once nothing is open. */
  private take(chunk: Buffer, start: number, end: number, rows: Buffer[]): void {
    this.heldBytes += end - start;
    if (this.heldBytes > this.limits.row) throw this.tooLarge();
    if (this.keepRows) this.keep(chunk.subarray(start, end), rows);
    if (this.depth > 0) return;
    this.heldBytes = 0;
    this.rows += 1;
    this.outside = "after row";
  }

  private keep(part: Buffer, rows: Buffer[]): void {
    if (this.depth > 0) {
      this.hold(part);
    } else if (this.held.length === 0) {
      rows.push(part);
    } else {
      rows.push(Buffer.concat([...this.held, part]));
      this.held = [];
    }
  }

  /** Parts double in size, so that a row that comes byte by byte is held in a few of them. */
  private hold(part: Buffer): void {
    let merged = Buffer.from(part);
    for (let last = this.held.at(-1); last !== undefined && last.length <= merged.length; last = this.held.at(-1)) {
      this.held.pop();
      merged = Buffer.concat([last, merged]);
    }
    this.held.push(merged);
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

/** To the next quote or backslash, or to the chunk's end. */
function skipText(chunk: Buffer, from: number): number {
  const { length } = chunk;
  for (let position = from; position < length; position++) {
    const byte = chunk[position];
    if (byte === quote || byte === backslash) return position;
  }
  return length;
}
