/** How many keys a warning names, of as many as there are. */
export const keysNamed = 5;

/** Characters: JSON writes each in up to six, and a manifest takes warnings of 20,000. No key that is made here is longer. */
const longestNamed = 600;

export function nameKeys(keys: readonly string[], count: number): string {
  const named = keys.slice(0, keysNamed).map((key) => JSON.stringify(key.slice(0, longestNamed)));
  return named.join(", ") + (count > keysNamed ? " …" : "");
}
