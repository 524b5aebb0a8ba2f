import type { StatedContents } from "../contents";
import { stated, type StatedEntry } from "./stated-entry";

/** Entries whose data follow one another, at least one. */
export interface Run {
  /** From 0, in the order of the data. */
  number: number;
  entries: StatedEntry[];
  /** Where the first one's data begin and the last one's end. */
  start: number;
  end: number;
}

/** Bytes and entries of a run, an entry that is larger being one by itself: some twenty milliseconds' work, so that who is done with one waits little for others. */
const runBytes = 8 * 1024 * 1024;
const runEntries = 256;

/** All of an archive's entries, run after run. */
export function* runsOf(contents: StatedContents): Generator<Run> {
  let entries: StatedEntry[] = [];
  let bytes = 0;
  let number = 0;
  for (const entry of contents.entries) {
    if (entries.length === runEntries || (entries.length > 0 && bytes + entry.size > runBytes)) {
      yield runOf(number++, entries);
      entries = [];
      bytes = 0;
    }
    entries.push(stated(entry, contents));
    bytes += entry.size;
  }
  if (entries.length > 0) yield runOf(number, entries);
}

function runOf(number: number, entries: StatedEntry[]): Run {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) throw new Error("A run has no entry");
  return { number, entries, start: first.offset, end: last.end };
}
