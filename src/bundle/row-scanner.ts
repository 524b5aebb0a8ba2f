import { isUtf8 } from "node:buffer";

/** The kinds of JSON value that a row's member may hold. */
export const valueKinds = ["string", "number", "object", "array", "true", "false", "null"] as const;
export type ValueKind = (typeof valueKinds)[number];

/** Why a row is no strict JSON object, and at which byte of the row. */
export class RowSyntaxError extends Error {
  override readonly name = "RowSyntaxError";

  constructor(
    readonly reason: string,
    readonly offset: number,
  ) {
    super(`${reason} at byte ${offset}`);
  }
}

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

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Escapes that stand for one character, RFC 8259 section 7, `\u` aside. */
const simpleEscapes = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));

/**
 * Reads one row's JSON object (RFC 8259) without building values, so that numbers,
 * timestamps and JSON columns can go on as the very bytes they are. Stricter than
 * JSON.parse: no U+0000, no lone surrogates, bounded nesting, and a name may not appear
 * twice in an object at any depth. One scanner serves many rows; `members` is valid until the next scan.
 */
export class RowScanner {
  private readonly pool: RowMember[] = [];
  private bytes: Buffer = Buffer.alloc(0);
  private position = 0;
  private sawBackslash = false;
  /** How many members the scanned row has; they are members 0 … count - 1. */
  count = 0;
  /** Grows whenever a row's names differ from the row's before, in number, bytes or order. */
  layout = 0;
  private layoutNames: readonly Buffer[] = [];

  constructor(private readonly maximumNesting: number) {}

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
    this.skipSpace();
    if (row[this.position] !== openBrace) this.fail("a row must be an object");
    this.readMembers();
    this.skipSpace();
    if (this.position !== row.length) this.fail("something follows the row's object");
    if (!this.hasKnownLayout()) this.learnLayout();
  }

  private readMembers(): void {
    this.position++;
    this.skipSpace();
    if (this.bytes[this.position] === closeBrace) {
      this.position++;
      return;
    }
    for (;;) {
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
      if (this.endOfMembers(closeBrace)) return;
    }
  }

  private readValue(depth: number): ValueKind {
    const first = this.bytes[this.position];
    switch (first) {
      case quote:
        this.readString();
        return "string";
      case openBrace:
        this.readObject(depth + 1);
        return "object";
      case openBracket:
        this.readArray(depth + 1);
        return "array";
      case 0x74:
        this.readWord("true");
        return "true";
      case 0x66:
        this.readWord("false");
        return "false";
      case 0x6e:
        this.readWord("null");
        return "null";
      default:
        this.readNumber();
        return "number";
    }
  }

  private readObject(depth: number): void {
    this.checkDepth(depth);
    this.position++;
    this.skipSpace();
    if (this.bytes[this.position] === closeBrace) {
      this.position++;
      return;
    }
    const names: string[] = [];
    for (;;) {
      const start = this.position;
      this.readString();
      names.push(this.text(start + 1, this.position - 1));
      this.expectColon();
      this.readValue(depth);
      if (this.endOfMembers(closeBrace)) break;
    }
    this.refuseRepeats(names);
  }

  private refuseRepeats(names: readonly string[]): void {
    // A Set costs more than comparing the few names that most objects have.
    const repeats =
      names.length > 12
        ? new Set(names).size < names.length
        : names.some((name, index) => names.indexOf(name, index + 1) !== -1);
    if (repeats) this.fail("a name appears twice in one object");
  }

  private readArray(depth: number): void {
    this.checkDepth(depth);
    this.position++;
    this.skipSpace();
    if (this.bytes[this.position] === closeBracket) {
      this.position++;
      return;
    }
    for (;;) {
      this.readValue(depth);
      if (this.endOfMembers(closeBracket)) return;
    }
  }

  /** After a member: true at the closing character, false at a comma, with the next member under the cursor. */
  private endOfMembers(closing: number): boolean {
    this.skipSpace();
    const next = this.bytes[this.position];
    if (next === closing) {
      this.position++;
      return true;
    }
    if (next !== comma) this.fail("expected a comma or the end");
    this.position++;
    this.skipSpace();
    return false;
  }

  private expectColon(): void {
    this.skipSpace();
    if (this.bytes[this.position] !== colon) this.fail("expected a colon");
    this.position++;
    this.skipSpace();
  }

  private readString(): void {
    const { bytes } = this;
    if (bytes[this.position] !== quote) this.fail("expected a string");
    let position = this.position + 1;
    for (;;) {
      const byte = bytes[position];
      if (byte === quote) {
        this.position = position + 1;
        return;
      }
      if (byte === undefined) this.fail("a string does not end");
      if (byte < 0x20) this.failAt("a control character stands in a string", position);
      if (byte === backslash) {
        this.sawBackslash = true;
        position = this.skipEscape(position);
      } else {
        position++;
      }
    }
  }

  private skipEscape(position: number): number {
    const escape = this.bytes[position + 1];
    if (escape !== 0x75) {
      if (escape === undefined || !simpleEscapes.has(escape)) this.failAt("unknown escape", position);
      return position + 2;
    }
    const unit = this.codeUnit(position);
    if (unit === 0) this.failAt("U+0000 cannot be stored", position);
    if (unit < 0xd800 || unit > 0xdfff) return position + 6;
    const paired = unit < 0xdc00 && this.bytes[position + 6] === backslash && this.bytes[position + 7] === 0x75;
    const low = paired ? this.codeUnit(position + 6) : 0;
    if (low < 0xdc00 || low > 0xdfff) this.failAt("a surrogate stands alone", position);
    return position + 12;
  }

  /** The four hexadecimal digits of the \u escape that starts here. */
  private codeUnit(position: number): number {
    const digits = this.bytes.toString("latin1", position + 2, position + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.failAt("unknown escape", position);
    return Number.parseInt(digits, 16);
  }

  private readNumber(): void {
    const { bytes } = this;
    const start = this.position;
    let position = start;
    if (bytes[position] === 0x2d) position++;
    if (bytes[position] === 0x30) position++;
    else position = this.skipDigits(position);
    if (bytes[position] === 0x2e) position = this.skipDigits(position + 1);
    if (bytes[position] === 0x65 || bytes[position] === 0x45) {
      position++;
      if (bytes[position] === 0x2b || bytes[position] === 0x2d) position++;
      position = this.skipDigits(position);
    }
    this.position = position;
  }

  private skipDigits(start: number): number {
    let position = start;
    for (let byte = this.bytes[position]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = this.bytes[position]) {
      position++;
    }
    if (position === start) this.failAt("expected a value", start);
    return position;
  }

  private readWord(word: string): void {
    const end = this.position + word.length;
    if (this.bytes.toString("latin1", this.position, end) !== word) this.fail("expected a value");
    this.position = end;
  }

  private skipSpace(): void {
    const { bytes } = this;
    let byte = bytes[this.position];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.position];
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
      if (names.has(name)) this.failAt(`the name ${JSON.stringify(name)} appears twice`, member.nameStart);
      names.add(name);
      layoutNames.push(Buffer.from(this.bytes.subarray(member.nameStart, member.nameEnd)));
    }
    this.layoutNames = layoutNames;
    this.layout++;
  }

  /** The text of a string's inner bytes; escapes are undone so that "\u0061" is "a". */
  private text(start: number, end: number): string {
    const raw = this.bytes.toString("utf8", start, end);
    return raw.includes("\\") ? String(JSON.parse(`"${raw}"`)) : raw;
  }

  private checkDepth(depth: number): void {
    if (depth > this.maximumNesting) this.fail(`nested deeper than ${this.maximumNesting} levels`);
  }

  private fail(reason: string): never {
    throw new RowSyntaxError(reason, this.position);
  }

  private failAt(reason: string, offset: number): never {
    throw new RowSyntaxError(reason, offset);
  }
}

function emptyMember(): RowMember {
  return { nameStart: 0, nameEnd: 0, kind: "null", start: 0, end: 0, escaped: false };
}
