import { secretEndings } from "./secret-names";

// Not shared between modules: bundlers turn imported constants into getters, which cost a hot loop six times its time.
const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

const alphabet = 26;
const none = 0;
/** A node of which a secret's name may begin, read backwards. */
const end = -1;

/** The endings of secrets' names, backwards: node * 26 + letter → the next node, 0 where there is none, -1 where one may begin. */
export const secretNameEnds = backwards([...secretEndings, ...secretEndings.map((ending) => `${ending}s`)]);

function backwards(words: readonly string[]): Int16Array {
  const nodes: number[][] = [[]];
  for (const word of words) {
    let node = 0;
    for (const [index, letter] of [...word].reverse().entries()) {
      const edges = nodes[node] ?? [];
      const code = letter.charCodeAt(0) - 0x61;
      // What begins with a shorter ending is one already.
      if (edges[code] === end) break;
      if (index === word.length - 1) edges[code] = end;
      else node = edges[code] ??= nodes.push([]) - 1;
    }
  }
  const table = new Int16Array(nodes.length * alphabet);
  for (const [node, edges] of nodes.entries()) edges.forEach((next, letter) => (table[node * alphabet + letter] = next));
  return table;
}

/**
 * Looks in PostgreSQL's JSON, from `start` to `end`, for a member whose name isSecretName
 * knows. Finds some others as well, those with escapes or letters beyond ASCII, which it
 * does not read, and no others. A quote within a string has a backslash before it.
 *
 * @returns the position of the colon after the name, or -1
 */
export function findSecretName(json: Buffer, start: number, end: number): number {
  for (let position = start + 1; position < end; position++) {
    if (json[position] === colon && json[position - 1] === quote && mayBeSecret(json, position - 2)) return position;
  }
  return -1;
}

/** Whether the name that ends here may. */
function mayBeSecret(json: Buffer, last: number): boolean {
  let node = 0;
  for (let position = last; position >= 0; position--) {
    const byte = json[position] ?? 0;
    if (byte === quote) return json[position - 1] === backslash;
    if (byte === backslash || byte >= 0x80) return true;
    const letter = (byte | 0x20) - 0x61;
    if (letter >= 0 && letter < alphabet && byte >= 0x41) {
      const next = secretNameEnds[node * alphabet + letter] ?? none;
      if (next === end) return true;
      if (next === none) return isOfEscape(json, position);
      node = next;
    } else if (byte >= 0x30 && byte <= 0x39) return isOfEscape(json, position);
    // Anything else separates words, and counts for nothing.
  }
  return false;
}

/** Whether the letter or digit may be one of an escape, of which the longest has six characters, in the same name. */
function isOfEscape(json: Buffer, position: number): boolean {
  for (let before = position - 1; before >= position - 5 && json[before] !== quote; before--) if (json[before] === backslash) return true;
  return false;
}
