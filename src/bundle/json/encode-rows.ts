import { BundleError } from "../errors";
import { defaultLimits, surelySmallRow } from "../limits";
import { RowScanner } from "./row-scanner";
import { RowSyntaxError } from "./strict-json";

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const comma = 0x2c;
const openingBrace = 0x7b;
const newline = 0x0a;

const codeOfLimit = { nesting: "nesting_too_deep", members: "row_invalid", row: "row_too_large" } as const;

const surelySmall = surelySmallRow;

/** Makes one JSON array, one row a line, of rows that each have ",\n" before them. Checks and counts them, and copies none. */
export class RowsEncoder {
  rows = 0;
  private readonly scanner = new RowScanner(defaultLimits);

  constructor(
    private readonly entry: string,
    private readonly maximumRowBytes: number,
  ) {}

  /** @throws BundleError `row_too_large`, `nesting_too_deep`, `row_invalid`: a reader would refuse the row */
  async *encode(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield Buffer.from("[");
    for await (const chunk of rows) {
      if (chunk.length === 0) continue;
      const isFirst = this.rows === 0;
      this.checkRows(chunk);
      yield isFirst ? chunk.subarray(1) : chunk;
    }
    yield Buffer.from(this.rows === 0 ? "]\n" : "\n]\n");
  }

  private checkRows(chunk: Buffer): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let start = 0; start < chunk.length; ) {
      if (chunk[start] !== comma || chunk[start + 1] !== newline || chunk[start + 2] !== openingBrace) {
        throw new RangeError(`${this.entry}: row ${this.rows} is no JSON object with a comma and a newline before it`);
      }
      const next = chunk.indexOf(newline, start + 2);
      const end = next === -1 ? chunk.length : next - 1;
      this.checkRow(chunk, view, start + 2, end);
      this.rows += 1;
      start = end;
    }
  }

  private checkRow(chunk: Buffer, view: DataView, start: number, end: number): void {
    if (end - start > this.maximumRowBytes) {
      throw new BundleError(
        "row_too_large",
        `Row ${this.rows} of ${this.entry} has ${end - start} bytes of JSON; a bundle takes ${this.maximumRowBytes} a row.`,
        { entry: this.entry, row: this.rows },
      );
    }
    if (end - start > surelySmall || countOpenings(view, start, end) > defaultLimits.nesting) this.scan(chunk.subarray(start, end));
  }

  private scan(row: Buffer): void {
    try {
      this.scanner.scan(row);
    } catch (error) {
      if (!(error instanceof RowSyntaxError)) throw error;
      const code = error.limit === null ? "row_invalid" : codeOfLimit[error.limit];
      throw new BundleError(code, `Row ${this.rows} of ${this.entry} could not be read again: ${error.reason}.`, {
        entry: this.entry,
        row: this.rows,
      });
    }
  }
}

/** At least the brackets and braces that open, those in strings too: few rows have as many as they may be deep. Counts four bytes at a time. */
function countOpenings(view: DataView, start: number, end: number): number {
  let openings = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    // "[" and "{" differ in one bit; a byte of the word becomes zero where it is one of them.
    const word = (view.getInt32(at, true) | 0x20202020) ^ 0x7b7b7b7b;
    const marks = (word - 0x01010101) & ~word & 0x80808080;
    if (marks !== 0) openings += Math.imul(marks >>> 7, 0x01010101) >>> 24;
  }
  return openings + end - at;
}
