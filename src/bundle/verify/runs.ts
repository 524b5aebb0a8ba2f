import type { StatedContents } from "../contents";
import type { Entry } from "../zip/entry";
import { stated, type StatedEntry } from "./stated-entry";

/** Entries whose data follow one another. */
export interface Run {
  /** From 0, in the order of the data. */
  number: number;
  entries: StatedEntry[];
}

/** Bytes and entries of a run, an entry that is larger being one by itself: some twenty milliseconds' work, so that who is done with one waits little for others. */
const runBytes = 8 * 1024 * 1024;
const runEntries = 256;

/** All of an archive's entries, run after run, to whoever is the next to ask. */
export class Runs {
  private readonly entries: Iterator<Entry>;
  private next: IteratorResult<Entry>;
  private taken = 0;

  constructor(private readonly contents: StatedContents) {
    this.entries = contents.entries[Symbol.iterator]();
    this.next = this.entries.next();
  }

  /** Null when none is left. */
  take(): Run | null {
    const entries: StatedEntry[] = [];
    let bytes = 0;
    while (this.next.done !== true && entries.length < runEntries) {
      const { value } = this.next;
      bytes += value.size;
      if (entries.length > 0 && bytes > runBytes) break;
      entries.push(stated(value, this.contents));
      this.next = this.entries.next();
    }
    return entries.length === 0 ? null : { number: this.taken++, entries };
  }
}
