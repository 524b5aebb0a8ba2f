import { findSecretName } from "./find-secret-name";
import { isSecretName } from "./secret-names";

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const space = 0x20;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

const nullWord = Buffer.from("null");

/**
 * The JSON text from `start` to `end` with null for every value under a secret's name, at
 * any depth, and how many there were; null where there was none. Everything else stays byte
 * for byte. The text must be as PostgreSQL writes jsonb: a colon right after every name.
 */
export function scrubJson(json: Buffer, start: number, end: number): { json: Buffer; removed: number } | null {
  const parts: Buffer[] = [];
  let keptUntil = start;
  for (let colon = findSecretName(json, start, end); colon !== -1; ) {
    const valueStart = json[colon + 1] === space ? colon + 2 : colon + 1;
    let next = valueStart;
    if (isSecret(json, colon)) {
      next = endOfValue(json, valueStart, end);
      if (json.compare(nullWord, 0, nullWord.length, valueStart, next) !== 0) {
        parts.push(json.subarray(keptUntil, valueStart), nullWord);
        keptUntil = next;
      }
    }
    colon = findSecretName(json, next, end);
  }
  return parts.length === 0 ? null : { json: Buffer.concat([...parts, json.subarray(keptUntil, end)]), removed: parts.length / 2 };
}

/** Whether the name that findSecretName found before a colon is a secret's: what it did not read, names with escapes or beyond ASCII, is read here. */
function isSecret(json: Buffer, colon: number): boolean {
  let position = colon - 2;
  let byte = json[position] ?? quote;
  while (byte !== quote && byte !== backslash && byte < 0x80) byte = json[--position] ?? quote;
  if (byte === quote && json[position - 1] !== backslash) return true;
  return !isEscaped(json, colon - 1) && isSecretName(nameBefore(json, colon));
}

function nameBefore(json: Buffer, colon: number): string {
  let opening = colon - 2;
  while (json[opening] !== quote || isEscaped(json, opening)) opening--;
  return String(JSON.parse(json.toString("utf8", opening, colon)));
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(json: Buffer, position: number): boolean {
  let backslashes = 0;
  while (json[position - 1 - backslashes] === backslash) backslashes++;
  return backslashes % 2 === 1;
}

function endOfValue(json: Buffer, start: number, end: number): number {
  let depth = 0;
  for (let position = start; position < end; position++) {
    const byte = json[position];
    if (byte === quote) position = closingQuote(json, position);
    else if (byte === openingBrace || byte === openingBracket) depth++;
    else if (depth === 0 && (byte === comma || byte === closingBrace || byte === closingBracket)) return position;
    else if (byte === closingBrace || byte === closingBracket) depth--;
  }
  throw new Error("A JSON text ends within a value");
}

function closingQuote(json: Buffer, opening: number): number {
  let position = json.indexOf(quote, opening + 1);
  while (position !== -1 && isEscaped(json, position)) position = json.indexOf(quote, position + 1);
  if (position === -1) throw new Error("A JSON text ends within a string");
  return position;
}
