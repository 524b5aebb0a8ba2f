// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const backslash = 0x5c;
const closingBrace = 0x7d;
const closingBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;
const openingBrace = 0x7b;
const openingBracket = 0x5b;
const quote = 0x22;

/** Of memory, in bytes, that PostgreSQL takes for a value beside the value's own bytes: some 130 in all that it does with one, whose bytes count eight times. */
const weightOfValue = 16;
/** An export writes `null` for a secret. */
const nullBytes = 4;

/** Starts and ends of the names of an object of which each is compared with each: of more, a Set costs less. */
const fewNames = 24;

/** The kinds of JSON value that a row's member may hold. */
export const valueKinds = ["string", "number", "object", "array", "true", "false", "null"] as const;
export type ValueKind = (typeof valueKinds)[number];

/** Why a row is no strict JSON object, and at which byte of the row. */
export class RowSyntaxError extends Error {
  override readonly name = "RowSyntaxError";

  constructor(
    readonly reason: string,
    readonly offset: number,
    /** The limit that it goes beyond, if one: the rest of it may be sound. */
    readonly limit: "nesting" | "members" | "row" | null = null,
  ) {
    super(`${reason} at byte ${offset}`);
  }
}

/** Escapes that stand for one character, RFC 8259 section 7, `\u` aside. */
const simpleEscapes = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));

/**
 * Walks over JSON (RFC 8259) without building values. Stricter than JSON.parse: no U+0000,
 * no lone surrogates, bounded nesting, and a name may not appear twice in an object.
 */
export abstract class StrictJsonReader {
  protected bytes: Buffer = Buffer.alloc(0);
  protected position = 0;
  /** Whether a backslash was passed; whoever asks puts it back to false. */
  protected sawBackslash = false;
  /** Whether a number with an exponent was passed; whoever asks puts it back to false. */
  protected sawExponent = false;

  /** What the text grows by where it is exported again: exponents become digits, marks get a space, and values of secrets `null`. */
  protected expansion = 0;

  /** Values passed, those of lists and of objects. */
  private values = 0;

  /** Members of the objects that are open, the row's own aside: their names are held until those end. */
  protected openMembers = 0;

  /** Weight of the arrays and objects passed, the row's own aside, each of which counts those inside it again. */
  protected nestedWeight = 0;

  constructor(
    private readonly maximumNesting: number,
    private readonly maximumMembers: number,
    private readonly maximumNested: number,
  ) {}

  protected readValue(depth: number): ValueKind {
    const first = this.bytes[this.position];
    switch (first) {
      case quote:
        this.readString();
        return "string";
      case openingBrace:
        this.readObject(depth + 1);
        return "object";
      case openingBracket:
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

  protected readObject(depth: number): void {
    this.checkDepth(depth);
    const before = this.weight();
    this.position++;
    this.skipSpace();
    if (this.bytes[this.position] === closingBrace) {
      this.position++;
      return;
    }
    // Start and end of each, which is cheaper than the texts.
    const names: number[] = [];
    let areEscaped = false;
    for (;;) {
      const start = this.position;
      const sawBackslash = this.sawBackslash;
      this.sawBackslash = false;
      this.readString();
      areEscaped ||= this.sawBackslash;
      this.sawBackslash ||= sawBackslash;
      names.push(start + 1, this.position - 1);
      this.openMembers++;
      if (this.openMembers > this.maximumMembers) this.fail(`objects within each other with more than ${this.maximumMembers} members`, "members");
      this.expectColon();
      const value = this.position;
      this.readValue(depth);
      this.values++;
      this.expansion += Math.max(0, nullBytes - (this.position - value));
      if (this.endOfMembers(closingBrace)) break;
    }
    this.openMembers -= names.length / 2;
    this.countNested(before);
    const repeats = areEscaped || names.length > fewNames ? this.repeatsText(names) : this.repeatsBytes(names);
    if (repeats) this.fail("a name appears twice in one object");
  }

  private repeatsText(names: readonly number[]): boolean {
    const texts = new Set<string>();
    for (let name = 0; name < names.length; name += 2) texts.add(this.text(names[name] ?? 0, names[name + 1] ?? 0));
    return texts.size < names.length / 2;
  }

  private repeatsBytes(names: readonly number[]): boolean {
    for (let name = 2; name < names.length; name += 2) {
      for (let before = 0; before < name; before += 2) {
        if (this.areSame(names[before] ?? 0, names[before + 1] ?? 0, names[name] ?? 0, names[name + 1] ?? 0)) return true;
      }
    }
    return false;
  }

  private areSame(start: number, end: number, otherStart: number, otherEnd: number): boolean {
    const { bytes } = this;
    if (end - start !== otherEnd - otherStart) return false;
    for (let offset = 0; start + offset < end; offset++) if (bytes[start + offset] !== bytes[otherStart + offset]) return false;
    return true;
  }

  protected readArray(depth: number): void {
    this.checkDepth(depth);
    const before = this.weight();
    this.position++;
    this.skipSpace();
    if (this.bytes[this.position] === closingBracket) {
      this.position++;
      return;
    }
    for (;;) {
      this.readValue(depth);
      this.values++;
      if (this.endOfMembers(closingBracket)) break;
    }
    this.countNested(before);
  }

  /** Of all that was passed so far, as it is exported again. */
  private weight(): number {
    return this.position + this.expansion + weightOfValue * this.values;
  }

  private countNested(before: number): void {
    this.nestedWeight += this.weight() - before;
    if (this.nestedWeight > this.maximumNested) {
      this.fail(
        `arrays and objects within each other with more than ${this.maximumNested} bytes, ${weightOfValue} more for each value, those inside counted again`,
        "nesting",
      );
    }
  }

  /** After a member: true at the closing character, false at a comma, with the next member under the cursor. */
  protected endOfMembers(closing: number): boolean {
    this.skipSpace();
    const next = this.bytes[this.position];
    if (next === closing) {
      this.position++;
      return true;
    }
    if (next !== comma) this.fail("expected a comma or the end");
    this.position++;
    this.countSpace();
    this.skipSpace();
    return false;
  }

  protected expectColon(): void {
    this.skipSpace();
    if (this.bytes[this.position] !== colon) this.fail("expected a colon");
    this.position++;
    this.countSpace();
    this.skipSpace();
  }

  /** PostgreSQL writes a space behind commas and colons. */
  protected countSpace(): void {
    if (this.bytes[this.position] !== 0x20) this.expansion++;
  }

  protected readString(): void {
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

  protected skipEscape(position: number): number {
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
  protected codeUnit(position: number): number {
    const digits = this.bytes.toString("latin1", position + 2, position + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.failAt("unknown escape", position);
    return Number.parseInt(digits, 16);
  }

  protected readNumber(): void {
    const { bytes } = this;
    const start = this.position;
    let position = start;
    if (bytes[position] === 0x2d) position++;
    if (bytes[position] === 0x30) position++;
    else position = this.skipDigits(position);
    if (bytes[position] === 0x2e) position = this.skipDigits(position + 1);
    if (bytes[position] === 0x65 || bytes[position] === 0x45) {
      this.sawExponent = true;
      position++;
      if (bytes[position] === 0x2b || bytes[position] === 0x2d) position++;
      const exponent = position;
      position = this.skipDigits(exponent);
      this.expansion += Number(bytes.toString("latin1", exponent, position));
    }
    this.position = position;
  }

  protected skipDigits(start: number): number {
    let position = start;
    for (let byte = this.bytes[position]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = this.bytes[position]) {
      position++;
    }
    if (position === start) this.failAt("expected a value", start);
    return position;
  }

  protected readWord(word: string): void {
    for (let offset = 0; offset < word.length; offset++) {
      if (this.bytes[this.position + offset] !== word.charCodeAt(offset)) this.fail("expected a value");
    }
    this.position += word.length;
  }

  protected skipSpace(): void {
    const { bytes } = this;
    let byte = bytes[this.position];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.position];
  }

  /** The text of a string's inner bytes; escapes are undone so that "\u0061" is "a". */
  protected text(start: number, end: number): string {
    const raw = this.bytes.toString("utf8", start, end);
    return raw.includes("\\") ? String(JSON.parse(`"${raw}"`)) : raw;
  }

  protected checkDepth(depth: number): void {
    if (depth > this.maximumNesting) this.fail(`nested deeper than ${this.maximumNesting} levels`, "nesting");
  }

  protected fail(reason: string, limit: RowSyntaxError["limit"] = null): never {
    throw new RowSyntaxError(reason, this.position, limit);
  }

  protected failAt(reason: string, offset: number): never {
    throw new RowSyntaxError(reason, offset);
  }
}
