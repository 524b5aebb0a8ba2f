import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { StatedContents } from "./contents";
import { checksumsName, classifyEntryName, manifestName } from "./entry-names";
import { BundleError } from "./errors";
import { RowSplitter } from "./json/split-rows";
import type { BundleLimits } from "./limits";
import { readContent } from "./zip/content";
import { isDirectory, refusal, type Entry } from "./zip/entry";
import { FileWindow, type FileWindowOptions } from "./zip/file-window";

/**
 * Reads the whole archive once, front to back: every byte belongs to a record, every content
 * has its size, CRC-32 and SHA-256, every data file the rows that the manifest counts.
 *
 * @returns of every data file, bytes of its longest row
 * @throws BundleError
 */
export async function verifyContents(
  file: FileHandle,
  contents: StatedContents,
  limits: BundleLimits,
  options: Pick<FileWindowOptions, "signal" | "onRead">,
): Promise<Map<string, number>> {
  const window = new FileWindow(file, 0, contents.entries.end, { ...options, reuse: true });
  const longestRows = new Map<string, number>();
  for (const entry of contents.entries) {
    const longest = await verifyEntry(window, entry, contents, limits);
    if (longest !== null) longestRows.set(entry.name, longest);
  }
  return longestRows;
}

async function verifyEntry(
  window: FileWindow,
  entry: Entry,
  { statements, manifest }: StatedContents,
  limits: BundleLimits,
): Promise<number | null> {
  const kind = classifyEntryName(entry.name);
  const splitter = kind?.kind === "data" ? new RowSplitter(entry.name, limits, null) : null;
  const hash = createHash("sha256");
  for await (const chunk of readContent(window, entry)) {
    hash.update(chunk);
    splitter?.push(chunk);
  }
  splitter?.end();
  if (entry.name !== checksumsName && !isDirectory(entry) && !hash.digest().equals(statements.sha256Of(entry.number))) {
    throw refusal(entry.name)("checksum_differs", `is damaged: its SHA-256 is not the one in ${checksumsName}`);
  }
  if (kind?.kind !== "data" || splitter === null) return null;
  const counted = manifest.tables[kind.table];
  if (splitter.rows !== counted) {
    throw new BundleError(
      "row_count_differs",
      `${entry.name} has ${splitter.rows} rows; ${manifestName} counts ${counted ?? 0}.`,
      { entry: entry.name },
    );
  }
  return splitter.longest;
}
