import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { BundleError, quoteName } from "../errors";
import type { BundleLimits } from "../limits";
import { centralRecordSize, parseCentralRecord } from "./central-record";
import type { DirectoryPlace } from "./end-records";
import { decodeEntryName, foldName } from "./entry-name-bytes";
import { refusal, type Entry } from "./entry";
import { readExtraFields } from "./extra-fields";
import { FileWindow } from "./file-window";
import { arrange } from "./layout";
import { applyZip64Extra } from "./zip64-extra";

export interface Directory {
  /** In the order of their data. */
  entries: Entry[];
  names: EntryNames;
}

/**
 * Reads an archive's central directory. What it describes fills the archive from its first
 * byte to the directory, without gaps or overlaps, under names that are safe and distinct.
 *
 * @throws BundleError
 */
export async function readDirectory(
  file: FileHandle,
  place: DirectoryPlace,
  limits: BundleLimits,
  signal: AbortSignal | undefined,
): Promise<Directory> {
  if (place.entries > limits.entries) {
    throw new BundleError("too_many_entries", `The archive has ${place.entries} entries; ${limits.entries} are taken.`);
  }
  const directoryEnd = place.offset + place.size;
  const window = new FileWindow(file, place.offset, directoryEnd, { reuse: true, signal });
  const names = new EntryNames(limits.name);
  const entries: Entry[] = [];
  while (window.position < directoryEnd) {
    if (entries.length === place.entries) throw wrongCount(place.entries, "more");
    const entry = await readRecord(window, directoryEnd, limits);
    names.add(entry.name);
    entries.push(entry);
  }
  if (entries.length !== place.entries) throw wrongCount(place.entries, "fewer");
  return { entries: arrange(entries, place.offset), names };
}

async function readRecord(window: FileWindow, directoryEnd: number, limits: BundleLimits): Promise<Entry> {
  const left = () => directoryEnd - window.position;
  if (left() < centralRecordSize) throw invalidDirectory("ends within a record");
  const record = parseCentralRecord(await window.take(centralRecordSize));
  if (record === null) throw invalidDirectory("holds something that is no record of an entry");
  const { nameLength, extraLength, commentLength, ...fixed } = record;
  if (left() < nameLength + extraLength + commentLength) throw invalidDirectory("ends within a record");
  const variable = await window.take(nameLength + extraLength + commentLength);

  const nameBytes = variable.subarray(0, nameLength);
  const name = decodeEntryName(nameBytes, record.flags, limits.name);
  const zip64 = readExtraFields(variable.subarray(nameLength, nameLength + extraLength), nameBytes, name);
  const [size, compressedSize, offset] = applyZip64Extra([record.size, record.compressedSize, record.offset], zip64) ?? [];
  if (size === undefined || compressedSize === undefined || offset === undefined) {
    throw refusal(name)("extra_field_invalid", "has a ZIP64 field that does not fit its record");
  }
  if (record.disk !== 0) throw refusal(name)("several_disks", `starts on disk ${record.disk}; a bundle is one file`);
  const { flags, method, crc32, externalAttributes } = fixed;
  return { name, flags, method, crc32, compressedSize, size, externalAttributes, offset, end: 0 };
}

/** Characters: what a name is folded to has up to eighteen times as many as the name, and tens of thousands of such are held as their hashes. */
const longestKey = 255;

/** Names of an archive's entries, of which no file system takes one for another. */
export class EntryNames {
  private readonly folded = new Map<string, string>();

  /** @param limit bytes of the longest name */
  constructor(private readonly limit: number) {}

  get size(): number {
    return this.folded.size;
  }

  /** The entry's own string where there is such an entry: lists that name each of tens of thousands hold none twice. */
  shared(name: string): string {
    // What is longer is no entry's, and folding it could take many times its own length.
    const own = name.length <= this.limit ? this.folded.get(keyOf(name)) : undefined;
    return own === name ? own : name;
  }

  add(name: string): void {
    const key = keyOf(name);
    const other = this.folded.get(key);
    if (other === undefined) {
      this.folded.set(key, name);
      return;
    }
    if (other === name) throw refusal(name)("name_duplicate", "is there twice");
    throw refusal(name)("name_collision", `differs from ${quoteName(other)} only by case or Unicode form`);
  }
}

/** Equal for two names that some file system takes for the same. */
function keyOf(name: string): string {
  const folded = foldName(name);
  return folded.length <= longestKey ? folded : createHash("sha256").update(folded).digest("hex");
}

function invalidDirectory(how: string): BundleError {
  return new BundleError("directory_invalid", `The archive's central directory ${how}.`);
}

function wrongCount(stated: number, how: "more" | "fewer"): BundleError {
  return new BundleError("wrong_count", `The archive states ${stated} entries; its central directory has ${how}.`);
}
