import { BundleError } from "../errors";
import { paced } from "../paced";
import { refusal } from "./entry";
import type { EntryList } from "./entry-list";
import { localHeaderSize } from "./local-header";

/**
 * Puts entries in the order of their data and finds where each ends: where the next begins.
 * Whether an entry fills its room is seen when it is read (content.ts); here, that it has any.
 *
 * @throws BundleError `leading_data`, `entries_overlap`
 */
export async function arrange(entries: EntryList, directoryOffset: number): Promise<void> {
  await entries.arrange(directoryOffset);
  const [first] = entries;
  if ((first?.offset ?? directoryOffset) !== 0) throw new BundleError("leading_data", "The archive has bytes before its first entry.");
  for await (const number of paced(entries.numbers())) {
    const { bytes, room } = entries.extentOf(number);
    if (localHeaderSize + bytes <= room) continue;
    throw refusal(entries.nameOf(number))("entries_overlap", "runs into the next entry or the central directory");
  }
}
