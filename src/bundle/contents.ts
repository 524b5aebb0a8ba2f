import type { FileHandle } from "node:fs/promises";

import { TextIndex } from "@/memory/lists/text-index";

import { checksumsName, classifyEntryName, fileIdOf, manifestName } from "./entry-names";
import { BundleError } from "./errors";
import type { BundleLimits } from "./limits";
import type { FileReference, Manifest } from "./manifest";
import { paced } from "./paced";
import { readChecksums, readManifest, readReferences } from "./read-manifest";
import { Statements } from "./statements";
import { readContent } from "./zip/content";
import { readDirectory } from "./zip/directory";
import { readDirectoryPlace } from "./zip/directory-place";
import { checkEntry, refusal, type Entry } from "./zip/entry";
import type { EntryList } from "./zip/entry-list";
import type { EntryNames } from "./zip/entry-names";
import { FileWindow } from "./zip/file-window";

/** What a bundle says that it holds. Entries go by their numbers. */
export interface BundleContents {
  entries: EntryList;
  manifest: Manifest;
  /** manifest.json itself. */
  manifestEntry: Entry;
  tables: ReadonlyMap<string, number>;
  /** By the id of the files row. */
  objects: TextIndex;
}

/** With what is said of each entry, which is needed only until it is verified. */
export interface StatedContents extends BundleContents {
  statements: Statements;
  /** Of all entries together, once inflated. */
  contentBytes: number;
}

/**
 * Reads central directory, manifest.json and checksums.json.
 *
 * @throws BundleError
 */
export async function readContents(
  file: FileHandle,
  size: number,
  limits: BundleLimits,
  signal: AbortSignal | undefined,
): Promise<StatedContents> {
  const { entries, names } = await readDirectory(file, await readDirectoryPlace(file, size), limits, signal);
  const statements = new Statements(entries, names);
  const within = { limits, entries: entries.length };
  const manifestEntry = requireText(entries, names, manifestName, limits);
  const manifest = await readManifest(readText(file, manifestEntry, signal), statements, within);
  const classified = await classify(entries, limits);
  const checksumsEntry = requireText(entries, names, checksumsName, limits);
  await readChecksums(readText(file, checksumsEntry, signal), statements, within);
  return { entries, manifest, manifestEntry, statements, ...classified };
}

/**
 * The manifest's references of objects, in its order: read once more, since held they would be most of what is held.
 *
 * @throws BundleError where the file is another by now
 */
export function readFileReferences(
  file: FileHandle,
  { entries, manifestEntry }: BundleContents,
  limits: BundleLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileReference> {
  return readReferences(readText(file, manifestEntry, signal), { limits, entries: entries.length });
}

/**
 * Directory, manifest and checksums must speak of the same things.
 *
 * @throws BundleError `checksums_differ`, `tables_differ`, `file_reference_differs`
 */
export async function matchContents(contents: StatedContents): Promise<void> {
  const { entries, statements } = contents;
  for await (const number of paced(entries.numbers())) statements.checkChecksumOf(number);
  statements.checkChecksums();
  matchTables(contents);
  statements.checkReferences();
  for await (const number of paced(entries.numbers())) statements.checkReferenceTo(number);
}

function requireText(entries: EntryList, names: EntryNames, name: string, limits: BundleLimits): Entry {
  const number = names.find(name);
  if (number === undefined) throw refusal(name)("entry_missing", "is missing: this is no bundle, or not a whole one");
  const entry = entries.at(number);
  checkEntry(entry, limits);
  if (entry.size > limits.manifest) {
    throw refusal(name)("manifest_too_large", `has ${entry.size} bytes; ${limits.manifest} are taken`);
  }
  return entry;
}

function readText(file: FileHandle, entry: Entry, signal: AbortSignal | undefined): AsyncIterable<Buffer> {
  return readContent(new FileWindow(file, entry.offset, entry.end, { reuse: true, signal }), entry);
}

async function classify(entries: EntryList, limits: BundleLimits): Promise<Pick<StatedContents, "tables" | "objects" | "contentBytes">> {
  const tables = new Map<string, number>();
  const objects = new TextIndex((number) => fileIdOf(entries.nameOf(number)));
  let contentBytes = 0;
  for await (const entry of paced(entries)) {
    const known = classifyEntryName(entry.name);
    if (known === null) throw refusal(entry.name)("entry_unknown", "is none that a bundle may have");
    checkEntry(entry, limits);
    contentBytes += entry.size;
    if (contentBytes > limits.total) {
      throw refusal(entry.name)("total_too_large", `brings all entries to more than the ${limits.total} bytes that are taken`);
    }
    if (known.kind === "data") tables.set(known.table, entry.number);
    else if (known.kind === "object") {
      if (objects.add(known.fileId, entry.number) === undefined) continue;
      throw refusal(entry.name)("file_reference_differs", "is a second object of one file");
    }
  }
  return { tables, objects, contentBytes };
}

function matchTables({ entries, manifest, tables }: BundleContents): void {
  for (const [table, number] of tables) {
    if (Object.hasOwn(manifest.tables, table)) continue;
    throw refusal(entries.nameOf(number))("tables_differ", `is not counted in ${manifestName}`);
  }
  const absent = Object.keys(manifest.tables).find((table) => !tables.has(table));
  if (absent === undefined) return;
  throw new BundleError("tables_differ", `${manifestName} counts rows of ${absent}, which is not in the archive.`, {
    entry: manifestName,
  });
}
