import { createHash } from "node:crypto";

import { checksumsName, manifestName } from "../entry-names";
import { BundleError } from "../errors";
import { RowSplitter } from "../json/split-rows";
import type { BundleLimits } from "../limits";
import { readContent } from "../zip/content";
import { refusal } from "../zip/entry";
import { FileWindow, type ReadableFile } from "../zip/file-window";
import type { Run } from "./runs";
import type { StatedEntry } from "./stated-entry";

/** Names of data files, and bytes of the longest row of each. */
export type LongestRows = [name: string, bytes: number][];

/**
 * Reads runs from front to back, one at a time, with the same buffers: every byte belongs to a record, every content has its
 * size, CRC-32 and SHA-256, every data file the rows that the manifest counts.
 */
export class RunReader {
  private readonly window: FileWindow;

  constructor(
    file: ReadableFile,
    private readonly limits: BundleLimits,
    signal?: AbortSignal,
  ) {
    this.window = new FileWindow(file, 0, 0, { reuse: true, signal });
  }

  /**
   * After an error there is no other run to be read.
   *
   * @throws BundleError of the first entry that is not what is stated; the signal's reason
   */
  async verify({ entries, start, end }: Run): Promise<LongestRows> {
    this.window.turnTo(start, end);
    const longestRows: LongestRows = [];
    for (const entry of entries) {
      const longest = await this.verifyEntry(entry);
      if (longest !== null) longestRows.push([entry.name, longest]);
    }
    return longestRows;
  }

  /** @returns bytes of a data file's longest row; null of what is none */
  private async verifyEntry(entry: StatedEntry): Promise<number | null> {
    const { name, rows, sha256 } = entry;
    const splitter = rows === null ? null : new RowSplitter(name, this.limits, null);
    const hash = createHash("sha256");
    for await (const chunk of readContent(this.window, entry)) {
      hash.update(chunk);
      splitter?.push(chunk);
    }
    splitter?.end();
    if (sha256 !== null && hash.digest("hex") !== sha256) {
      throw refusal(name)("checksum_differs", `is damaged: its SHA-256 is not the one in ${checksumsName}`);
    }
    if (splitter === null || rows === null) return null;
    if (splitter.rows !== rows) {
      throw new BundleError("row_count_differs", `${name} has ${splitter.rows} rows; ${manifestName} counts ${rows}.`, { entry: name });
    }
    return splitter.longest;
  }
}
