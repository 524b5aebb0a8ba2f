import { setImmediate as breathe } from "node:timers/promises";
import type { JsonValue } from "../manifest";
import { TextWindow } from "./text-window";

export interface JsonLimits {
  /** Depth of arrays and objects. */
  nesting: number;
  /** How many values in all: an empty array takes two bytes here and dozens in memory. */
  values: number;
}

export class JsonError extends Error {
  constructor(
    readonly reason: "syntax" | "nesting" | "values",
    message: string,
  ) {
    super(message);
  }
}

/** Takes over what is too much to be held as well. */
export type Taker =
  /** The items, in their order, of the array that is this member of the outermost object. The array itself stays empty. */
  | { kind: "items"; member: string; take: (item: JsonValue) => void }
  /** The outermost object's members. The object itself stays empty. */
  | { kind: "members"; has: (name: string) => boolean; take: (name: string, value: JsonValue) => void };

/** Bytes between pauses, so that a manifest of many megabytes does not hold up the event loop. */
const stride = 256 * 1024;
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** Characters of a number: a double is written in 25, and what has millions would hold up the event loop. */
const longestNumber = 1_000;

type Open = { kind: "array"; value: JsonValue[] } | { kind: "object"; value: { [key: string]: JsonValue }; key: string };
/** What the next token may be. */
type Expected = "value" | "item or end" | "name or end" | "name" | "colon" | "comma or end" | "nothing";

/**
 * JSON.parse where only one reading is possible: duplicate keys, U+0000, lone surrogates,
 * invalid UTF-8 and numbers past double range are refused; `__proto__` is a key like any other.
 * Of the text no more is held than the longest string takes.
 *
 * @param text in pieces, each valid until the next is asked for; read to its end whatever is found in it, so that damage
 * that its source sees is thrown first
 * @throws JsonError; what the taker throws
 */
export async function parseJson(text: AsyncIterable<Buffer>, limits: JsonLimits, taker: Taker | null = null): Promise<JsonValue> {
  const reader = new JsonReader(limits, taker);
  let fault: { error: unknown } | null = null;
  try {
    for await (const piece of text) {
      if (fault !== null) continue;
      fault = await faultOf(reader, () => reader.push(piece));
      if (fault !== null) reader.drop();
    }
    fault ??= await faultOf(reader, () => reader.end());
  } finally {
    reader.drop();
  }
  if (fault !== null) throw fault.error;
  return reader.result;
}

/**
 * The items of the array that is a member of a text's outermost object, a list for each piece of the text.
 *
 * @throws JsonError
 */
export async function* itemsOf(text: AsyncIterable<Buffer>, member: string, limits: JsonLimits): AsyncGenerator<JsonValue[]> {
  let items: JsonValue[] = [];
  const reader = new JsonReader(limits, { kind: "items", member, take: (item) => void items.push(item) });
  try {
    for await (const piece of text) {
      reader.push(piece);
      while (reader.step());
      yield items;
      items = [];
    }
    reader.end();
    while (reader.step());
    yield items;
  } finally {
    reader.drop();
  }
}

/** Goes on, and reads as far as there is text. */
async function faultOf(reader: JsonReader, goOn: () => void): Promise<{ error: unknown } | null> {
  try {
    goOn();
    while (reader.step()) if (reader.isPauseDue()) await breathe();
    return null;
  } catch (error) {
    return { error };
  }
}

class JsonReader {
  result: JsonValue = null;
  private readonly text = new TextWindow();
  private readonly open: Open[] = [];
  private expected: Expected = "value";
  private values = 0;
  private nextPause = stride;

  constructor(
    private readonly limits: JsonLimits,
    private readonly taker: Taker | null,
  ) {}

  isPauseDue(): boolean {
    if (this.text.position < this.nextPause) return false;
    this.nextPause = this.text.position + stride;
    return true;
  }

  push(piece: Buffer): void {
    if (!this.text.push(piece)) throw new JsonError("syntax", "it is no valid UTF-8");
  }

  end(): void {
    if (!this.text.finish()) throw new JsonError("syntax", "it is no valid UTF-8");
  }

  /** The text at hand. */
  drop(): void {
    this.text.drop();
  }

  /** Reads one token. @returns false where there must be more text first, or where all is read */
  step(): boolean {
    const { text } = this;
    text.skipWhiteSpace();
    // So that every token but a string is there, and what does not belong to it behind it.
    if (!text.isWhole && text.length <= longestNumber) return false;
    switch (this.expected) {
      case "item or end":
        return this.close(0x5d) || this.readValue();
      case "value":
        return this.readValue();
      case "name or end":
        return this.close(0x7d) || this.readName();
      case "name":
        return this.readName();
      case "colon":
        if (!text.accept(0x3a)) throw this.invalid("no colon after a key");
        this.expected = "value";
        return true;
      case "comma or end":
        return this.readSeparator();
      case "nothing":
        if (text.length > 0) throw this.invalid("text after its end");
        return false;
    }
  }

  private readValue(): boolean {
    const byte = this.text.first;
    if (byte === 0x7b || byte === 0x5b) {
      this.count();
      if (this.open.length === this.limits.nesting) throw new JsonError("nesting", "it nests too deep");
      this.text.accept(byte);
      this.open.push(byte === 0x7b ? { kind: "object", value: {}, key: "" } : { kind: "array", value: [] });
      this.expected = byte === 0x7b ? "name or end" : "item or end";
      return true;
    }
    const value = byte === 0x22 ? this.string() : this.scalar();
    if (value === undefined) return false;
    this.count();
    this.put(value);
    return true;
  }

  private count(): void {
    this.values += 1;
    if (this.values > this.limits.values) throw new JsonError("values", "it holds too many values");
  }

  /** Puts a value where it belongs. */
  private put(value: JsonValue): void {
    const container = this.open.at(-1);
    this.expected = container === undefined ? "nothing" : "comma or end";
    if (container === undefined) this.result = value;
    else if (container.kind === "array") this.add(container.value, value);
    else if (this.taker?.kind === "members" && this.open.length === 1) this.taker.take(container.key, value);
    else setMember(container.value, container.key, value);
  }

  private add(array: JsonValue[], item: JsonValue): void {
    const [outermost] = this.open;
    const isTaken = this.taker?.kind === "items" && this.open.length === 2 && outermost?.kind === "object" && outermost.key === this.taker.member;
    if (isTaken) this.taker.take(item);
    else array.push(item);
  }

  private close(byte: number): boolean {
    if (!this.text.accept(byte)) return false;
    const closed = this.open.pop();
    if (closed !== undefined) this.put(closed.value);
    return true;
  }

  private readSeparator(): boolean {
    const isObject = this.open.at(-1)?.kind === "object";
    if (this.text.accept(0x2c)) this.expected = isObject ? "name" : "value";
    else if (!this.close(isObject ? 0x7d : 0x5d)) throw this.invalid("no comma or end of what is open");
    return true;
  }

  private readName(): boolean {
    const container = this.open.at(-1);
    if (container?.kind !== "object" || this.text.first !== 0x22) throw this.invalid("no key");
    const name = this.string();
    if (name === undefined) return false;
    if (this.has(container.value, name)) throw this.invalid(`the key ${JSON.stringify(name.slice(0, 100))} twice`);
    container.key = name;
    this.expected = "colon";
    return true;
  }

  private has(object: { [key: string]: JsonValue }, key: string): boolean {
    return this.taker?.kind === "members" && this.open.length === 1 ? this.taker.has(key) : Object.hasOwn(object, key);
  }

  private string(): string | undefined {
    const start = this.text.position;
    const quoted = this.text.takeString();
    if (quoted === "endless") throw this.invalid("a string that does not end");
    if (quoted === "unfinished") return undefined;
    return quoted.isEscaped ? this.unescape(quoted.text, start) : quoted.text;
  }

  /** By JSON.parse, which takes no more memory for millions of escapes than for a few. */
  private unescape(quoted: string, start: number): string {
    const value = this.parsed(quoted, start);
    if (value.includes("\0")) throw this.invalid("U+0000", start);
    if (/\p{Surrogate}/u.test(value)) throw this.invalid("a lone surrogate", start);
    return value;
  }

  private parsed(quoted: string, start: number): string {
    try {
      return String(JSON.parse(quoted));
    } catch (error) {
      if (error instanceof SyntaxError) throw this.invalid("an unknown escape", start);
      throw error;
    }
  }

  private scalar(): JsonValue {
    const ahead = this.text.ahead(longestNumber + 1);
    for (const [word, value] of [["true", true], ["false", false], ["null", null]] as const) {
      if (!ahead.startsWith(word)) continue;
      this.text.skip(word.length);
      return value;
    }
    return this.number(ahead);
  }

  private number(ahead: string): number {
    numberPattern.lastIndex = 0;
    const digits = numberPattern.exec(ahead)?.[0] ?? "";
    if (digits === "") throw this.invalid("something that is no value");
    if (digits.length > longestNumber) throw this.invalid(`a number of more than ${longestNumber} characters`);
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.invalid("a number out of range");
    this.text.skip(digits.length);
    return value;
  }

  private invalid(what: string, at = this.text.position): JsonError {
    return new JsonError("syntax", `it has ${what} at byte ${at}`);
  }
}

function setMember(target: { [key: string]: JsonValue }, key: string, value: JsonValue): void {
  if (key !== "__proto__") {
    target[key] = value;
    return;
  }
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
