import type { FileHandle } from "node:fs/promises";
import { BundleError } from "../errors";
import type { BundleLimits } from "../limits";
import { centralRecordSize, parseCentralRecord } from "./central-record";
import type { DirectoryPlace } from "./end-records";
import { refusal, type Entry } from "./entry";
import { EntryList } from "./entry-list";
import { decodeEntryName } from "./entry-name-bytes";
import { EntryNames } from "./entry-names";
import { readExtraFields } from "./extra-fields";
import { FileWindow } from "./file-window";
import { arrange } from "./layout";
import { applyZip64Extra } from "./zip64-extra";

export interface Directory {
  entries: EntryList;
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
  const entries = new EntryList();
  const names = new EntryNames(entries, limits.name);
  while (window.position < directoryEnd) {
    if (entries.length === place.entries) throw wrongCount(place.entries, "more");
    names.add(entries.add(await readRecord(window, directoryEnd, limits)));
  }
  if (entries.length !== place.entries) throw wrongCount(place.entries, "fewer");
  await arrange(entries, place.offset);
  return { entries, names };
}

async function readRecord(window: FileWindow, directoryEnd: number, limits: BundleLimits): Promise<Omit<Entry, "number" | "end">> {
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
  return { name, flags, method, crc32, compressedSize, size, externalAttributes, offset };
}

function invalidDirectory(how: string): BundleError {
  return new BundleError("directory_invalid", `The archive's central directory ${how}.`);
}

function wrongCount(stated: number, how: "more" | "fewer"): BundleError {
  return new BundleError("wrong_count", `The archive states ${stated} entries; its central directory has ${how}.`);
}
