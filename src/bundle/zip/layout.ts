import { BundleError } from "../errors";
import { refusal, type Entry } from "./entry";
import { localHeaderSize } from "./local-header";

/**
 * Puts entries in the order of their data and finds where each ends: where the next begins.
 * Whether an entry fills its room is seen when it is read (content.ts); here, that it has any.
 *
 * @throws BundleError `leading_data`, `entries_overlap`
 */
export function arrange(entries: Entry[], directoryOffset: number): Entry[] {
  entries.sort((one, other) => one.offset - other.offset);
  const firstOffset = entries[0]?.offset ?? directoryOffset;
  if (firstOffset !== 0) throw new BundleError("leading_data", "The archive has bytes before its first entry.");
  entries.forEach((entry, index) => {
    entry.end = entries[index + 1]?.offset ?? directoryOffset;
    const least = localHeaderSize + Buffer.byteLength(entry.name) + entry.compressedSize;
    if (entry.offset + least > entry.end) {
      throw refusal(entry.name)("entries_overlap", "runs into the next entry or the central directory");
    }
  });
  return entries;
}
