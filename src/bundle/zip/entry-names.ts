import { TextIndex } from "@/memory/lists/text-index";

import { quoteName } from "../errors";
import { refusal } from "./entry";
import type { EntryList } from "./entry-list";
import { foldName } from "./entry-name-bytes";

/** Names of an archive's entries, of which no file system takes one for another. */
export class EntryNames {
  private readonly folded: TextIndex;
  /** Of the entry that was found last. */
  private found = 0;
  /** Some ask for each name twice. */
  private asked: { name: string; number: number | undefined } | null = null;

  /** @param limit bytes of the longest name */
  constructor(
    private readonly entries: EntryList,
    private readonly limit: number,
  ) {
    this.folded = new TextIndex((number) => foldName(entries.nameOf(number)));
  }

  /** @returns the number of the entry with just this name */
  find(name: string): number | undefined {
    if (this.asked?.name !== name) this.asked = { name, number: this.look(name) };
    const { number } = this.asked;
    if (number !== undefined) this.found = number;
    return number;
  }

  /**
   * @param number of an entry in the list
   * @throws BundleError `name_duplicate`, `name_collision`
   */
  add(number: number): void {
    this.asked = null;
    const name = this.entries.nameOf(number);
    const other = this.folded.add(foldName(name), number);
    if (other === undefined) return;
    const otherName = this.entries.nameOf(other);
    if (otherName === name) throw refusal(name)("name_duplicate", "is there twice");
    throw refusal(name)("name_collision", `differs from ${quoteName(otherName)} only by case or Unicode form`);
  }

  private look(name: string): number | undefined {
    // Lists mostly have the order of the entries.
    const next = this.found + 1;
    if (this.isNamed(next, name)) return next;
    // What is longer is no entry's, and folding it could take many times its own length.
    const number = name.length <= this.limit ? this.folded.find(foldName(name)) : undefined;
    return number !== undefined && this.isNamed(number, name) ? number : undefined;
  }

  private isNamed(number: number, name: string): boolean {
    return number < this.entries.length && this.entries.nameOf(number) === name;
  }
}
