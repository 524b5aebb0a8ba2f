import { isSecretName } from "./secret-names";

/** A string, a mark, or a number or word. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gy;
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
    token.lastIndex = start;
    const found = token.exec(this.text);
    if (found === null) return null;
    const end = token.lastIndex;
    this.position = end;
    const isName = found[0].startsWith('"') && this.text[this.skipSpace(end)] === ":";
    return { text: found[0], start, end, isName };
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
