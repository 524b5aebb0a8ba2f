import type { Column, ColumnType } from "../tables";

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const tab = 0x09;
const newline = 0x0a;
const space = 0x20;
const quote = 0x22;
const plus = 0x2b;
const minus = 0x2d;
const backslash = 0x5c;
const comma = 0x2c;
const equals = 0x3d;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** Names and quotes make JSON less than twice as long as most of COPY's text. */
const growth = 2;

/** What stands in place of a JSON value, at `start` to `end`, that may not leave as it is; null: it may. */
export type Scrub = (column: string, json: Buffer, start: number, end: number) => Buffer | null;

/** Bytes that stand in JSON's strings and in COPY's text format alike. */
const isPlain = new Uint8Array(256).fill(1);
isPlain.fill(0, 0, space);
isPlain[quote] = 0;
isPlain[backslash] = 0;

/** By the character after a backslash in COPY's text format: what stands for it in JSON. */
const escapes: readonly (Buffer | undefined)[] = Object.entries({
  b: "\\b",
  f: "\\f",
  n: "\\n",
  r: "\\r",
  t: "\\t",
  v: "\\u000b",
  "\\": "\\\\",
}).reduce<Buffer[]>((all, [letter, escape]) => ((all[letter.charCodeAt(0)] = Buffer.from(escape)), all), []);

const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");
const nullWord = Buffer.from("null");
const zone = Buffer.from("+00:00");

/** How a column's value is written in JSON, where its text in PostgreSQL is known. */
type Notation = "string" | "timestamp" | "number" | "boolean" | "json" | "array";

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

interface Field {
  column: string;
  /** What stands before the value, its separator and name. */
  name: Buffer;
  notation: Notation;
}

/**
 * Turns lines of COPY's text format (PostgreSQL manual, COPY, "Text Format") into rows of
 * JSON, each with ",\n" before it, byte for byte as PostgreSQL's row_to_json() would write
 * them. It expects a session that writes timestamps in ISO style and UTC.
 */
export class JsonRows {
  private readonly fields: readonly Field[];
  /** Bytes of a row without its values, with quotes and words in their place. */
  private readonly rowOverhead: number;
  private bytes = Buffer.alloc(0);
  private length = 0;
  /** Of the line that is read, the position of its newline. */
  private lineEnd = 0;

  constructor(
    columns: Readonly<Record<string, Column>>,
    private readonly scrub: Scrub,
  ) {
    this.fields = Object.entries(columns).map(([column, { type: { kind } }], index) => ({
      column,
      name: Buffer.from(`${index === 0 ? ",\n{" : ","}${JSON.stringify(column)}:`),
      notation: notations[kind],
    }));
    this.rowOverhead = this.fields.reduce((sum, { name }) => sum + name.length + zone.length, 2);
  }

  /** @param lines whole lines; what they become is the caller's */
  write(lines: Buffer): { json: Buffer<ArrayBuffer>; count: number } {
    this.bytes = Buffer.allocUnsafeSlow(lines.length * growth);
    this.length = 0;
    let count = 0;
    for (let position = 0; position < lines.length; count++) position = this.writeRow(lines, position);
    const json = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.alloc(0);
    return { json, count };
  }

  /** @returns where the next line begins */
  private writeRow(lines: Buffer, start: number): number {
    this.lineEnd = lines.indexOf(newline, start);
    this.reserve(0, start);
    let position = start;
    for (const field of this.fields) {
      this.writeBytes(field.name);
      position = this.writeValue(field, lines, position) + 1;
    }
    this.bytes[this.length++] = closingBrace;
    // Bytes beyond a buffer's end vanish without an error.
    if (position !== this.lineEnd + 1 || this.length > this.bytes.length) throw new Error("A row is not what its columns say");
    return position;
  }

  /** @returns where the cell ends: the position of its tab or newline */
  private writeValue({ column, notation }: Field, lines: Buffer, start: number): number {
    if (lines[start] === backslash && lines[start + 1] === 0x4e) {
      this.writeBytes(nullWord);
      return start + 2;
    }
    switch (notation) {
      case "string":
        return this.writeString(lines, start);
      case "timestamp":
        return this.writeTimestamp(lines, start);
      case "number":
        return this.writeNumber(lines, start);
      case "boolean":
        this.writeBytes(lines[start] === 0x74 ? trueWord : falseWord);
        return start + 1;
      case "json":
        return this.writeJson(column, lines, start);
      case "array":
        return this.writeArray(lines, start);
    }
  }

  private writeString(lines: Buffer, start: number): number {
    this.bytes[this.length++] = quote;
    let position = start;
    for (;;) {
      position = this.writePlain(lines, position);
      const byte = lines[position] ?? newline;
      if (byte === tab || byte === newline) break;
      position = this.writeSpecial(lines, position);
    }
    this.bytes[this.length++] = quote;
    return position;
  }

  /** @returns the position of the first byte that is not written, since JSON or COPY may write it otherwise */
  private writePlain(lines: Buffer, start: number): number {
    const { bytes } = this;
    let { length } = this;
    let position = start;
    for (let byte = lines[position] ?? 0; isPlain[byte] === 1; byte = lines[++position] ?? 0) bytes[length++] = byte;
    this.length = length;
    return position;
  }

  /** @returns the position after what was written */
  private writeSpecial(lines: Buffer, position: number): number {
    if (position >= this.lineEnd) throw new Error("A line of COPY ends within a value");
    const byte = lines[position] ?? 0;
    if (byte === quote) {
      this.bytes[this.length++] = backslash;
      this.bytes[this.length++] = quote;
      return position + 1;
    }
    const escape = byte === backslash ? escapes[lines[position + 1] ?? 0] : Buffer.from(`\\u00${byte.toString(16).padStart(2, "0")}`);
    if (escape === undefined) throw new Error("COPY wrote an escape that its text format does not have");
    // Rare, and up to six times as long as what it stands for.
    this.reserve(escape.length, position);
    this.writeBytes(escape);
    return position + (byte === backslash ? 2 : 1);
  }

  /** `2026-01-02 03:04:05.6+00` becomes `2026-01-02T03:04:05.6+00:00`; `infinity` stays. */
  private writeTimestamp(lines: Buffer, start: number): number {
    const { bytes } = this;
    let { length } = this;
    let position = start;
    let isDate = true;
    bytes[length++] = quote;
    for (let byte = lines[position] ?? newline; byte !== tab && byte !== newline; byte = lines[++position] ?? newline) {
      if (byte === space && isDate) {
        isDate = false;
        bytes[length++] = 0x54;
      } else if (byte === plus) {
        length += zone.copy(bytes, length);
        position += 2;
      } else bytes[length++] = byte;
    }
    bytes[length++] = quote;
    this.length = length;
    return position;
  }

  /** NaN and the infinities are no numbers in JSON. */
  private writeNumber(lines: Buffer, start: number): number {
    const first = lines[lines[start] === minus ? start + 1 : start] ?? 0;
    return first >= 0x30 && first <= 0x39 ? this.writePlain(lines, start) : this.writeString(lines, start);
  }

  /** Its text, in which COPY doubles backslashes and has nothing else to escape. */
  private writeJson(column: string, lines: Buffer, start: number): number {
    const { bytes, length: valueStart } = this;
    let length = valueStart;
    let position = start;
    for (let byte = lines[position] ?? newline; byte !== tab && byte !== newline; byte = lines[++position] ?? newline) {
      bytes[length++] = byte;
      if (byte === backslash) position++;
    }
    this.length = length;
    const scrubbed = this.scrub(column, bytes, valueStart, length);
    if (scrubbed !== null) {
      this.length = valueStart;
      this.reserve(scrubbed.length, position);
      this.writeBytes(scrubbed);
    }
    return position;
  }

  /** PostgreSQL's array literal (manual, 8.15.6) of strings, of any dimensions; those of one that does not begin at 1 stand in front. */
  private writeArray(lines: Buffer, start: number): number {
    let position = lines[start] === openingBracket ? lines.indexOf(equals, start) + 1 : start;
    for (let byte = lines[position] ?? newline; byte !== tab && byte !== newline; byte = lines[position] ?? newline) {
      if (byte === openingBrace || byte === closingBrace || byte === comma) {
        this.bytes[this.length++] = byte === openingBrace ? openingBracket : byte === closingBrace ? closingBracket : comma;
        position++;
      } else position = byte === quote ? this.writeQuotedElement(lines, position) : this.writeBareElement(lines, position);
    }
    return position;
  }

  /** Backslashes stand before quotes and backslashes, and are doubled by COPY. */
  private writeQuotedElement(lines: Buffer, start: number): number {
    this.bytes[this.length++] = quote;
    let position = start + 1;
    for (;;) {
      position = this.writePlain(lines, position);
      const byte = lines[position];
      if (byte === quote) break;
      const isEscaped = byte === backslash && lines[position + 1] === backslash;
      position = this.writeSpecial(lines, isEscaped ? position + 2 : position);
    }
    this.bytes[this.length++] = quote;
    return position + 1;
  }

  private writeBareElement(lines: Buffer, start: number): number {
    let end = start;
    for (let byte = lines[end] ?? comma; byte !== comma && byte !== closingBrace; byte = lines[end] ?? comma) end++;
    // A string that reads so is quoted.
    if (end - start === 4 && lines.toString("latin1", start, end) === "NULL") {
      this.writeBytes(nullWord);
      return end;
    }
    this.bytes[this.length++] = quote;
    for (let position = start; position < end; position++) {
      if (isPlain[lines[position] ?? 0] === 1) this.bytes[this.length++] = lines[position] ?? 0;
      else position = this.writeSpecial(lines, position) - 1;
    }
    this.bytes[this.length++] = quote;
    return end;
  }

  private writeBytes(source: Buffer): void {
    const { bytes } = this;
    let { length } = this;
    for (let index = 0; index < source.length; index++) bytes[length++] = source[index] ?? 0;
    this.length = length;
  }

  /** Room for `more` bytes and all that may follow from the rest of the line, where no byte becomes more than two. */
  private reserve(more: number, position: number): void {
    const needed = this.length + more + 2 * (this.lineEnd - position) + this.rowOverhead;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * growth, needed));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
