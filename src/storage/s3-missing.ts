import { listNames } from "./s3-list";
import type { S3Access } from "./s3-access";
import { objectName } from "./s3-names";

/** A page of a listing costs a server, and the reading of it, about what as many single requests do. */
const keysWorthPage = 50;

/** See ObjectStore.missingAmong: by a listing from the first of the keys on, for as long as that may be cheaper than to ask for each. */
export async function missingAmong(access: S3Access, keys: readonly string[], signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
  const search = new MissingSearch(keys);
  let pagesLeft = Math.floor(keys.length / keysWorthPage);
  if (pagesLeft === 0) return new Set();
  for await (const page of listNames(access, "", { after: search.before, signal })) {
    if (!search.see(page.map(({ name }) => name))) return new Set();
    pagesLeft -= 1;
    if (search.isOver || pagesLeft === 0) return search.missing;
  }
  search.end();
  return search.missing;
}

/** Goes through wanted keys and listed names side by side: both in the order of their UTF-8, as S3 lists. */
export class MissingSearch {
  readonly missing = new Set<string>();
  readonly #wanted: readonly { name: Buffer; key: string }[];
  #next = 0;
  #last: Buffer = Buffer.alloc(0);

  constructor(keys: readonly string[]) {
    this.#wanted = [...new Set(keys)]
      .map((key) => ({ name: Buffer.from(objectName(key)), key }))
      .sort((left, right) => left.name.compare(right.name));
  }

  /** A name just before all that are wanted. Undefined where there is none. */
  get before(): string | undefined {
    const first = this.#wanted[0]?.name.toString() ?? "";
    return Array.from(first).slice(0, -1).join("") || undefined;
  }

  /** Whether all that were wanted are told apart. */
  get isOver(): boolean {
    return this.#next === this.#wanted.length;
  }

  /**
   * @param names the next ones of the listing
   * @returns false where they are in no order, as in Amazon's directory buckets: then nothing is known
   */
  see(names: readonly string[]): boolean {
    for (const text of names) {
      const name = Buffer.from(text);
      if (name.compare(this.#last) < 0) return false;
      this.#last = name;
      this.#passBy((wanted) => wanted.compare(name) < 0);
      if (this.#wanted[this.#next]?.name.equals(name)) this.#next += 1;
    }
    return true;
  }

  /** The listing has ended. */
  end(): void {
    this.#passBy(() => true);
  }

  #passBy(isPassed: (name: Buffer) => boolean): void {
    for (;;) {
      const wanted = this.#wanted[this.#next];
      if (wanted === undefined || !isPassed(wanted.name)) return;
      this.missing.add(wanted.key);
      this.#next += 1;
    }
  }
}
