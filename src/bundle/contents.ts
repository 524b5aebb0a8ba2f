import type { FileHandle } from "node:fs/promises";

import { collect } from "@/memory/collect";
import { release } from "@/memory/release";

import { checksumsName, classifyEntryName, manifestName } from "./entry-names";
import { BundleError } from "./errors";
import type { BundleLimits } from "./limits";
import type { FileReference, Manifest } from "./manifest";
import { paced } from "./paced";
import { readChecksums, readManifest } from "./read-manifest";
import { readContent } from "./zip/content";
import { readDirectory, type Directory } from "./zip/directory";
import { readDirectoryPlace } from "./zip/directory-place";
import { checkEntry, refusal, type Entry } from "./zip/entry";
import { FileWindow } from "./zip/file-window";

/** What a bundle says that it holds. */
export interface BundleContents {
  /** In the order of their data, which fill the archive. */
  entries: readonly Entry[];
  manifest: Manifest;
  /** Entry name → SHA-256 in lower-case hex; of every entry but checksums.json itself. */
  checksums: ReadonlyMap<string, string>;
  tables: ReadonlyMap<string, Entry>;
  /** By the id of the files row. */
  objects: ReadonlyMap<string, Entry>;
}

/** Of so many entries, what is known and what is left over on the way takes more than ten megabytes. */
const manyEntries = 10_000;

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
): Promise<BundleContents> {
  const place = await readDirectoryPlace(file, size);
  if (place.entries > manyEntries) collect();
  try {
    return await readLists(file, await readDirectory(file, place, limits, signal), limits, signal);
  } catch (error) {
    collectListsOf(place.entries);
    throw error;
  }
}

/** In the next turn of the event loop, when nobody refers to them. */
export function collectListsOf(entries: number): void {
  if (entries > manyEntries) setImmediate(collect);
}

async function readLists(
  file: FileHandle,
  { entries, names }: Directory,
  limits: BundleLimits,
  signal: AbortSignal | undefined,
): Promise<BundleContents> {
  const manifestEntry = requireText(entries, manifestName, limits);
  const manifestRoom = Buffer.alloc(manifestEntry.size);
  const manifest = await readManifest(await readText(file, manifestEntry, manifestRoom, signal), names, limits);
  const { tables, objects } = await classify(entries, limits);
  const checksumsEntry = requireText(entries, checksumsName, limits);
  // Of a bundle of many files both have many megabytes: one text takes the other's place.
  const room = checksumsEntry.size <= manifestRoom.length ? manifestRoom : Buffer.alloc(checksumsEntry.size);
  const checksums = await readChecksums(await readText(file, checksumsEntry, room, signal), names, manifest.files, limits);
  release(manifestRoom);
  release(room);
  return { entries, manifest, checksums, tables, objects };
}

/**
 * Directory, manifest and checksums must speak of the same things.
 *
 * @throws BundleError `checksums_differ`, `tables_differ`, `file_reference_differs`
 */
export async function matchContents(contents: BundleContents): Promise<void> {
  await matchChecksums(contents);
  matchTables(contents);
  await matchFiles(contents);
}

function requireEntry(entries: readonly Entry[], name: string): Entry {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw refusal(name)("entry_missing", "is missing: this is no bundle, or not a whole one");
  return entry;
}

function requireText(entries: readonly Entry[], name: string, limits: BundleLimits): Entry {
  const entry = requireEntry(entries, name);
  checkEntry(entry, limits);
  if (entry.size > limits.manifest) {
    throw refusal(name)("manifest_too_large", `has ${entry.size} bytes; ${limits.manifest} are taken`);
  }
  return entry;
}

async function readText(file: FileHandle, entry: Entry, room: Buffer, signal: AbortSignal | undefined): Promise<Buffer> {
  let length = 0;
  const window = new FileWindow(file, entry.offset, entry.end, { reuse: true, signal });
  for await (const chunk of readContent(window, entry)) length += chunk.copy(room, length);
  return room.subarray(0, length);
}

async function classify(
  entries: readonly Entry[],
  limits: BundleLimits,
): Promise<{ tables: Map<string, Entry>; objects: Map<string, Entry> }> {
  const tables = new Map<string, Entry>();
  const objects = new Map<string, Entry>();
  let total = 0;
  for await (const entry of paced(entries)) {
    const known = classifyEntryName(entry.name);
    if (known === null) throw refusal(entry.name)("entry_unknown", "is none that a bundle may have");
    checkEntry(entry, limits);
    total += entry.size;
    if (total > limits.total) {
      throw refusal(entry.name)("total_too_large", `brings all entries to more than the ${limits.total} bytes that are taken`);
    }
    if (known.kind === "data") tables.set(known.table, entry);
    else if (known.kind === "object") {
      if (objects.has(known.fileId)) throw refusal(entry.name)("file_reference_differs", "is a second object of one file");
      objects.set(known.fileId, entry);
    }
  }
  return { tables, objects };
}

async function matchChecksums({ entries, checksums }: BundleContents): Promise<void> {
  let listed = 0;
  const isListed = (name: string) => name !== checksumsName && classifyEntryName(name)?.kind !== "directory";
  for await (const { name } of paced(entries)) {
    if (!isListed(name)) continue;
    if (!checksums.has(name)) throw refusal(name)("checksums_differ", `is not listed in ${checksumsName}`);
    listed += 1;
  }
  if (checksums.size === listed) return;
  const names = new Set(entries.map(({ name }) => name).filter(isListed));
  const absent = [...checksums.keys()].find((name) => !names.has(name)) ?? "";
  throw refusal(absent)("checksums_differ", `is listed in ${checksumsName} and is not in the archive`);
}

function matchTables({ manifest, tables }: BundleContents): void {
  for (const [table, { name }] of tables) {
    if (!Object.hasOwn(manifest.tables, table)) throw refusal(name)("tables_differ", `is not counted in ${manifestName}`);
  }
  const absent = Object.keys(manifest.tables).find((table) => !tables.has(table));
  if (absent === undefined) return;
  throw new BundleError("tables_differ", `${manifestName} counts rows of ${absent}, which is not in the archive.`, {
    entry: manifestName,
  });
}

async function matchFiles({ manifest, objects, checksums }: BundleContents): Promise<void> {
  const keys = new Set<string>();
  const unreferenced = new Set(objects.keys());
  for await (const reference of paced(manifest.files)) {
    const entry = objects.get(reference.id);
    if (entry?.name !== reference.entry) throw differs(reference, "names an entry that is not its object in the archive");
    if (!unreferenced.delete(reference.id)) throw differs(reference, "is there twice");
    if (keys.has(reference.key)) throw differs(reference, "has the key of another file");
    keys.add(reference.key);
    if (entry.size !== reference.size) throw differs(reference, `states ${reference.size} bytes, not ${entry.size}`);
    if (checksums.get(entry.name) !== reference.sha256) throw differs(reference, `states another SHA-256 than ${checksumsName}`);
  }
  for (const id of unreferenced) {
    throw refusal(objects.get(id)?.name ?? id)("file_reference_differs", `is an object that ${manifestName} does not refer to`);
  }
}

function differs(reference: FileReference, how: string): BundleError {
  return new BundleError("file_reference_differs", `${manifestName}: the reference of file ${reference.id} ${how}.`, {
    entry: reference.entry,
  });
}
