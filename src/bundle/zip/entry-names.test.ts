import { expect, it } from "vitest";

import { EntryList } from "./entry-list";
import { EntryNames } from "./entry-names";

/** One character that compatibility forms write as eighteen. */
const ligature = "\ufdfa";

function namesOf(limit: number): { names: EntryNames; add(name: string): void } {
  const entries = new EntryList();
  const names = new EntryNames(entries, limit);
  const others = { flags: 0, method: 0, crc32: 0, compressedSize: 0, size: 0, externalAttributes: 0, offset: 0 };
  return { names, add: (name) => names.add(entries.add({ ...others, name })) };
}

it("finds names that fold to eighteen times their length", () => {
  const { names, add } = namesOf(255);
  const texts = Array.from({ length: 2_000 }, (_, index) => ligature.repeat(80) + String(index));
  for (const text of texts) add(text);
  expect(texts.map((text) => names.find(text))).toEqual([...texts.keys()]);
  expect(names.find(ligature.repeat(80))).toBeUndefined();
});

it("two names that fold to the same long text are one", () => {
  const { add } = namesOf(2_000);
  add(ligature.repeat(80));
  expect(() => add(ligature.normalize("NFKC").repeat(80))).toThrow(expect.objectContaining({ code: "name_collision" }));
  expect(() => add(ligature.repeat(80))).toThrow(expect.objectContaining({ code: "name_duplicate" }));
});
