import { createHash } from "node:crypto";

import { checksumsName, manifestName } from "../entry-names";
import { BundleError } from "../errors";
import { RowSplitter } from "../json/split-rows";
import type { BundleLimits } from "../limits";
import { readContent } from "../zip/content";
import { refusal } from "../zip/entry";
import { FileWindow, type ReadableFile } from "../zip/file-window";
import type { StatedEntry } from "./stated-entry";

/** Names of data files, and bytes of the longest row of each. */
export type LongestRows = [name: string, bytes: number][];

/**
 * Reads entries whose data follow one another from front to back: every byte belongs to a record, every content has its size,
 * CRC-32 and SHA-256, every data file the rows that the manifest counts.
 *
 * @throws BundleError of the first entry that is not what is stated; the signal's reason
 */
export async function verifyRun(file: ReadableFile, entries: readonly StatedEntry[], limits: BundleLimits, signal?: AbortSignal): Promise<LongestRows> {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return [];
  const window = new FileWindow(file, first.offset, last.end, { reuse: true, signal });
  const longestRows: LongestRows = [];
  for (const entry of entries) {
    const longest = await verifyEntry(window, entry, limits);
    if (longest !== null) longestRows.push([entry.name, longest]);
  }
  return longestRows;
}

/** @returns bytes of a data file's longest row; null of what is none */
async function verifyEntry(window: FileWindow, entry: StatedEntry, limits: BundleLimits): Promise<number | null> {
  const splitter = entry.rows === null ? null : new RowSplitter(entry.name, limits, null);
  const hash = createHash("sha256");
  for await (const chunk of readContent(window, entry)) {
    hash.update(chunk);
    splitter?.push(chunk);
  }
  splitter?.end();
  if (entry.sha256 !== null && hash.digest("hex") !== entry.sha256) {
    throw refusal(entry.name)("checksum_differs", `is damaged: its SHA-256 is not the one in ${checksumsName}`);
  }
  if (splitter === null) return null;
  if (splitter.rows !== entry.rows) {
    throw new BundleError("row_count_differs", `${entry.name} has ${splitter.rows} rows; ${manifestName} counts ${entry.rows ?? 0}.`, {
      entry: entry.name,
    });
  }
  return splitter.longest;
}
