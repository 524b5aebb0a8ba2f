/** checksums.json: one object, entry name → SHA-256 in lower-case hex, for every entry but itself. One a line. */
export function* checksumsText(checksums: Iterable<readonly [string, string]>): Generator<string> {
  yield "{";
  let separator = "\n";
  for (const [name, sha256] of checksums) {
    yield `${separator}  ${JSON.stringify(name)}: "${sha256}"`;
    separator = ",\n";
  }
  yield "\n}\n";
}
