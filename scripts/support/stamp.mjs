// Whether something made from files is still up to date: a stamp beside it holds the hash of what it was made from.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The hash of files and folders (names, contents) and of some texts. What does not exist counts as absent. */
export function hashOf(root, names, texts = []) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text}\0`);
  for (const name of names) addTo(hash, root, name);
  return hash.digest("hex");
}

function addTo(hash, root, name) {
  const full = path.join(root, name);
  const found = statSync(full, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory()) {
    for (const entry of readdirSync(full).sort()) addTo(hash, root, path.join(name, entry));
  } else if (!/\.test\.tsx?$/.test(name)) {
    hash.update(`${name}\0${found.size}\0`).update(readFileSync(full));
  }
}

export function isStamped(file, hash) {
  try {
    return readFileSync(file, "utf8") === hash;
  } catch {
    return false;
  }
}

export function stamp(file, hash) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, hash);
}
