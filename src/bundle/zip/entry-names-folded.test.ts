import { expect, it } from "vitest";

import { collect } from "@/memory/collect";

import { EntryNames } from "./directory";

/** One character that compatibility forms write as eighteen. */
const ligature = "\ufdfa";

it("names that fold to eighteen times their length are held as little", () => {
  const names = new EntryNames(255);
  const texts = Array.from({ length: 20_000 }, (_, index) => ligature.repeat(80) + String(index));
  collect();
  const before = process.memoryUsage().heapUsed;
  for (const text of texts) names.add(text);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * 1024 * 1024);
  expect(names.size).toBe(20_000);
});

it("two names that fold to the same long text are one", () => {
  const names = new EntryNames(2_000);
  names.add(ligature.repeat(80));
  expect(() => names.add(ligature.normalize("NFKC").repeat(80))).toThrow(expect.objectContaining({ code: "name_collision" }));
  expect(() => names.add(ligature.repeat(80))).toThrow(expect.objectContaining({ code: "name_duplicate" }));
});
