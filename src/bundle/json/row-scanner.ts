import { isUtf8 } from "node:buffer";

import { quoteName } from "../errors";
import type { BundleLimits } from "../limits";
import { RowSyntaxError, StrictJsonReader, type ValueKind } from "./strict-json";

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const closingBrace = 0x7d;
const openingBrace = 0x7b;

export interface RowMember {
  /** Bytes of the name between its quotes, as they stand. */
  nameStart: number;
  nameEnd: number;
  kind: ValueKind;
  /** Bytes of the value; of a string with its quotes. */
  start: number;
  end: number;
  /** Whether a backslash stands anywhere in the value. */
  escaped: boolean;
}

/**
 * Finds the members of one row's JSON object, so that numbers, timestamps and JSON columns
 * can go on as the very bytes they are. One scanner serves many rows; members are valid
 * until the next scan.
 */
export class RowScanner extends StrictJsonReader {
  private readonly pool: RowMember[] = [];
  /** How many members the scanned row has; they are members 0 … count - 1. */
  count = 0;
  /** Grows whenever a row's names differ from the row's before, in number, bytes or order. */
  layout = 0;
  private layoutNames: readonly Buffer[] = [];
  private readonly maximumBytes: number;
  private readonly maximumColumns: number;

  /** `row` and `nested` bound a row as an export would write it again, so that what comes in can also go out. */
  constructor({ nesting, row, columns, members, nested }: Pick<BundleLimits, "nesting" | "row" | "columns" | "members" | "nested">) {
    super(nesting, members, nested);
    this.maximumBytes = row;
    this.maximumColumns = columns;
  }

  /** Whether the scanned row has a number with an exponent anywhere. */
  get hasExponent(): boolean {
    return this.sawExponent;
  }

  member(index: number): RowMember {
    const member = this.pool[index];
    if (member === undefined || index >= this.count) throw new RangeError(`The row has no member ${index}`);
    return member;
  }

  /** With escapes undone. */
  memberName(index: number): string {
    const member = this.member(index);
    return this.text(member.nameStart, member.nameEnd);
  }

  /** Throws RowSyntaxError where the bytes are anything but one strict JSON object. */
  scan(row: Buffer): void {
    if (!isUtf8(row)) throw new RowSyntaxError("invalid UTF-8", 0);
    this.bytes = row;
    this.position = 0;
    this.count = 0;
    this.expansion = 0;
    this.openMembers = 0;
    this.nestedWeight = 0;
    this.sawExponent = false;
    this.skipSpace();
    if (row[this.position] !== openingBrace) this.fail("a row must be an object");
    this.readMembers();
    this.skipSpace();
    if (this.position !== row.length) this.fail("something follows the row's object");
    if (row.length + this.expansion > this.maximumBytes) {
      this.fail(`the row takes more than ${this.maximumBytes} bytes once its numbers are written out`, "row");
    }
    if (!this.hasKnownLayout()) this.learnLayout();
  }

  private readMembers(): void {
    this.position++;
    this.skipSpace();
    if (this.bytes[this.position] === closingBrace) {
      this.position++;
      return;
    }
    for (;;) {
      if (this.count === this.maximumColumns) this.fail(`a row with more than ${this.maximumColumns} columns`, "members");
      const member = (this.pool[this.count] ??= emptyMember());
      member.nameStart = this.position + 1;
      this.readString();
      member.nameEnd = this.position - 1;
      this.expectColon();
      member.start = this.position;
      this.sawBackslash = false;
      member.kind = this.readValue(1);
      member.end = this.position;
      member.escaped = this.sawBackslash;
      this.count++;
      if (this.endOfMembers(closingBrace)) return;
    }
  }

  private hasKnownLayout(): boolean {
    if (this.layoutNames.length !== this.count) return false;
    for (let index = 0; index < this.count; index++) {
      const member = this.member(index);
      const name = this.layoutNames[index];
      if (name?.length !== member.nameEnd - member.nameStart) return false;
      for (let offset = 0; offset < name.length; offset++) {
        if (name[offset] !== this.bytes[member.nameStart + offset]) return false;
      }
    }
    return true;
  }

  private learnLayout(): void {
    const names = new Set<string>();
    const layoutNames: Buffer[] = [];
    for (let index = 0; index < this.count; index++) {
      const member = this.member(index);
      const name = this.memberName(index);
      if (names.has(name)) this.failAt(`the name ${quoteName(name)} appears twice`, member.nameStart);
      names.add(name);
      layoutNames.push(Buffer.from(this.bytes.subarray(member.nameStart, member.nameEnd)));
    }
    this.layoutNames = layoutNames;
    this.layout++;
  }
}

function emptyMember(): RowMember {
  return { nameStart: 0, nameEnd: 0, kind: "null", start: 0, end: 0, escaped: false };
}
