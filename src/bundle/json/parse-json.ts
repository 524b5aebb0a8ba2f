import { isUtf8 } from "node:buffer";
import { setImmediate as breathe } from "node:timers/promises";
import type { JsonValue } from "../manifest";

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

/**
 * JSON.parse where only one reading is possible: duplicate keys, U+0000, lone surrogates,
 * invalid UTF-8 and numbers past double range are refused; `__proto__` is a key like any other.
 *
 * @throws JsonError
 */
export async function parseJson(text: Buffer, limits: JsonLimits, taker: Taker | null = null): Promise<JsonValue> {
  if (!isUtf8(text)) throw new JsonError("syntax", "it is no valid UTF-8");
  const reader = new JsonReader(text, limits, taker);
  let nextPause = stride;
  while (!reader.step()) {
    if (reader.position < nextPause) continue;
    nextPause = reader.position + stride;
    await breathe();
  }
  return reader.result;
}

class JsonReader {
  position = 0;
  result: JsonValue = null;
  private readonly open: Open[] = [];
  private values = 0;

  constructor(
    private readonly text: Buffer,
    private readonly limits: JsonLimits,
    private readonly taker: Taker | null,
  ) {}

  /** Reads one value, or what opens or closes one. @returns whether the text is done */
  step(): boolean {
    this.skipWhiteSpace();
    const byte = this.text[this.position];
    this.values += 1;
    if (this.values > this.limits.values) throw new JsonError("values", "it holds too many values");
    if (byte === 0x7b || byte === 0x5b) {
      this.position += 1;
      return this.enter(byte === 0x7b ? { kind: "object", value: {}, key: "" } : { kind: "array", value: [] });
    }
    return this.complete(byte === 0x22 ? this.string() : this.scalar());
  }

  private enter(container: Open): boolean {
    if (this.open.length === this.limits.nesting) throw new JsonError("nesting", "it nests too deep");
    this.skipWhiteSpace();
    if (this.accept(container.kind === "object" ? 0x7d : 0x5d)) return this.complete(container.value);
    this.open.push(container);
    if (container.kind === "object") this.readKey(container);
    return false;
  }

  /** Puts a value where it belongs, and closes what closes after it. */
  private complete(value: JsonValue): boolean {
    for (let completed = value; ; ) {
      const container = this.open.at(-1);
      this.skipWhiteSpace();
      if (container === undefined) {
        if (this.position < this.text.length) throw this.invalid("text after its end");
        this.result = completed;
        return true;
      }
      if (container.kind === "array") this.add(container.value, completed);
      else if (this.taker?.kind === "members" && this.open.length === 1) this.taker.take(container.key, completed);
      else setMember(container.value, container.key, completed);
      if (this.accept(0x2c)) {
        if (container.kind === "object") this.readKey(container);
        return false;
      }
      if (!this.accept(container.kind === "object" ? 0x7d : 0x5d)) throw this.invalid("no comma or end of what is open");
      this.open.pop();
      completed = container.value;
    }
  }

  private add(array: JsonValue[], item: JsonValue): void {
    const [outermost] = this.open;
    const isTaken = this.taker?.kind === "items" && this.open.length === 2 && outermost?.kind === "object" && outermost.key === this.taker.member;
    if (isTaken) this.taker.take(item);
    else array.push(item);
  }

  private has(object: { [key: string]: JsonValue }, key: string): boolean {
    return this.taker?.kind === "members" && this.open.length === 1 ? this.taker.has(key) : Object.hasOwn(object, key);
  }

  private readKey(container: Open & { kind: "object" }): void {
    this.skipWhiteSpace();
    if (this.text[this.position] !== 0x22) throw this.invalid("no key");
    container.key = this.string();
    if (this.has(container.value, container.key)) {
      throw this.invalid(`the key ${JSON.stringify(container.key.slice(0, 100))} twice`);
    }
    this.skipWhiteSpace();
    if (!this.accept(0x3a)) throw this.invalid("no colon after a key");
  }

  private string(): string {
    const start = this.position + 1;
    let end = start;
    let escaped = false;
    for (; this.text[end] !== 0x22; end++) {
      const byte = this.text[end];
      if (byte === undefined || byte < 0x20) throw this.invalid("a string that does not end");
      if (byte !== 0x5c) continue;
      escaped = true;
      end += 1;
    }
    const value = escaped ? this.unescape(start, end) : this.text.toString("utf8", start, end);
    this.position = end + 1;
    return value;
  }

  private unescape(start: number, end: number): string {
    const value = this.parsed(this.text.toString("utf8", start - 1, end + 1));
    if (value.includes("\0")) throw this.invalid("U+0000");
    if (/\p{Surrogate}/u.test(value)) throw this.invalid("a lone surrogate");
    return value;
  }

  /** By JSON.parse, which takes no more memory for millions of escapes than for a few. @param quoted the string with its quotes */
  private parsed(quoted: string): string {
    try {
      return String(JSON.parse(quoted));
    } catch (error) {
      if (error instanceof SyntaxError) throw this.invalid("an unknown escape");
      throw error;
    }
  }

  private scalar(): JsonValue {
    for (const [word, value] of [["true", true], ["false", false], ["null", null]] as const) {
      if (this.text.toString("latin1", this.position, this.position + word.length) !== word) continue;
      this.position += word.length;
      return value;
    }
    return this.number();
  }

  private number(): number {
    numberPattern.lastIndex = 0;
    const digits = numberPattern.exec(this.text.toString("latin1", this.position, this.position + longestNumber + 1))?.[0] ?? "";
    if (digits === "") throw this.invalid("something that is no value");
    if (digits.length > longestNumber) throw this.invalid(`a number of more than ${longestNumber} characters`);
    const end = this.position + digits.length;
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.invalid("a number out of range");
    this.position = end;
    return value;
  }

  private accept(byte: number): boolean {
    if (this.text[this.position] !== byte) return false;
    this.position += 1;
    return true;
  }

  private skipWhiteSpace(): void {
    const { text } = this;
    let byte = text[this.position];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = text[++this.position];
  }

  private invalid(what: string): JsonError {
    return new JsonError("syntax", `it has ${what} at byte ${this.position}`);
  }
}

function setMember(target: { [key: string]: JsonValue }, key: string, value: JsonValue): void {
  if (key !== "__proto__") {
    target[key] = value;
    return;
  }
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
