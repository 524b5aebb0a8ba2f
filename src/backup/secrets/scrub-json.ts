import { isSecretName } from "./secret-names";

/** A mark, or a number or word. */
const token = /[{}[\]:,]|[^\s{}[\]:,"]+/y;
const space = /\s*/y;

/**
 * A JSON text with null for every value under a secret's name, at any depth, and how many
 * there were. Everything else stays byte for byte. The text must be legal JSON.
 */
export function scrubJson(text: string): { text: string; removed: number } {
  const reader = new TokenReader(text);
  let kept = "";
  let keptUntil = 0;
  let removed = 0;
  for (let current = reader.next(); current !== null; current = reader.next()) {
    if (!current.isName || !isSecretName(String(JSON.parse(current.text)))) continue;
    reader.next();
    const value = reader.skipValue();
    if (text.slice(value.start, value.end) === "null") continue;
    kept += `${text.slice(keptUntil, value.start)}null`;
    keptUntil = value.end;
    removed++;
  }
  return { text: kept + text.slice(keptUntil), removed };
}

interface Token {
  text: string;
  start: number;
  end: number;
  /** A string that names a member of an object. */
  isName: boolean;
}

class TokenReader {
  private position = 0;

  constructor(private readonly text: string) {}

  next(): Token | null {
    const start = this.skipSpace(this.position);
    const isString = this.text[start] === '"';
    const end = isString ? this.endOfString(start) : this.endOfToken(start);
    if (end === null) return null;
    this.position = end;
    const isName = isString && this.text[this.skipSpace(end)] === ":";
    return { text: this.text.slice(start, end), start, end, isName };
  }

  private endOfToken(start: number): number | null {
    token.lastIndex = start;
    return token.test(this.text) ? token.lastIndex : null;
  }

  /** By hand: a regular expression runs out of stack over a string of some megabytes. */
  private endOfString(start: number): number {
    for (let quote = this.text.indexOf('"', start + 1); quote !== -1; quote = this.text.indexOf('"', quote + 1)) {
      let backslashes = 0;
      while (this.text[quote - 1 - backslashes] === "\\") backslashes++;
      if (backslashes % 2 === 0) return quote + 1;
    }
    throw new Error("A JSON text ends within a string");
  }

  /** Where the value that comes next stands. */
  skipValue(): { start: number; end: number } {
    const first = this.next();
    if (first === null) throw new Error("A JSON text ends where a value was due");
    let depth = first.text === "{" || first.text === "[" ? 1 : 0;
    let { end } = first;
    while (depth > 0) {
      const inner = this.next();
      if (inner === null) throw new Error("A JSON text ends within a value");
      if (inner.text === "{" || inner.text === "[") depth++;
      if (inner.text === "}" || inner.text === "]") depth--;
      end = inner.end;
    }
    return { start: first.start, end };
  }

  private skipSpace(from: number): number {
    space.lastIndex = from;
    space.exec(this.text);
    return space.lastIndex;
  }
}
