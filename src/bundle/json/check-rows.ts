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

/** Looks at rows that each have ",\n" before them for what a reader would refuse. */
export class RowsChecker {
  private readonly scanner = new RowScanner(defaultLimits);

  constructor(private readonly entry: string) {}

  /**
   * @param firstRow index of the first of these rows
   * @throws BundleError `row_too_large`, `nesting_too_deep`, `row_invalid`: a reader would refuse the row; RangeError
   */
  check(rows: Buffer, firstRow: number): void {
    const view = new DataView(rows.buffer, rows.byteOffset, rows.length);
    let row = firstRow;
    for (let start = 0; start < rows.length; row++) {
      if (rows[start] !== comma || rows[start + 1] !== newline || rows[start + 2] !== openingBrace) {
        throw new RangeError(`${this.entry}: row ${row} is no JSON object with a comma and a newline before it`);
      }
      const next = rows.indexOf(newline, start + 2);
      const end = next === -1 ? rows.length : next - 1;
      this.checkRow(rows, view, start + 2, end, row);
      start = end;
    }
  }

  private checkRow(rows: Buffer, view: DataView, start: number, end: number, row: number): void {
    if (end - start > defaultLimits.row) {
      throw new BundleError("row_too_large", `Row ${row} of ${this.entry} has ${end - start} bytes of JSON; a bundle takes ${defaultLimits.row} a row.`, {
        entry: this.entry,
        row,
      });
    }
    if (end - start > surelySmall || countOpenings(view, start, end) > defaultLimits.nesting) this.scan(rows.subarray(start, end), row);
  }

  private scan(bytes: Buffer, row: number): void {
    try {
      this.scanner.scan(bytes);
    } catch (error) {
      if (!(error instanceof RowSyntaxError)) throw error;
      const code = error.limit === null ? "row_invalid" : codeOfLimit[error.limit];
      throw new BundleError(code, `Row ${row} of ${this.entry} could not be read again: ${error.reason}.`, {
        entry: this.entry,
        row,
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
