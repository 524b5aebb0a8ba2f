import { expect, test } from "vitest";
import { coverThenDraw, Source } from "./random";

test("the same seed, label and index give the same id and numbers; any other gives others", () => {
  const made = (seed: string, label: string, index: number) => {
    const source = new Source(seed);
    const random = source.random(label, index);
    return [source.uuid(label, index), random.integer(2 ** 32), random.integer(2 ** 32)].join(" ");
  };
  expect(made("a", "assets", 1)).toBe(made("a", "assets", 1));
  const others = [made("a", "assets", 1), made("b", "assets", 1), made("a", "files", 1), made("a", "assets", 2)];
  expect(new Set(others.flatMap((text) => text.split(" "))).size).toBe(12);
});

test("ids have the form of version 4 and do not repeat", () => {
  const source = new Source("ids");
  const ids = Array.from({ length: 10_000 }, (_, index) => source.uuid("assets", index));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test("numbers fall evenly, for neighbouring indexes as well", () => {
  const source = new Source("evenness");
  const counts = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 100_000; index++) {
    const drawn = source.random("assets", index).integer(10);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test("every value comes first, then each as often as its weight says", () => {
  const source = new Source("weights");
  const drawn = Array.from({ length: 10_003 }, (_, index) =>
    coverThenDraw(["never", "seldom", "often"], [0, 1, 9], index, source.random("rows", index)),
  );
  expect(drawn.slice(0, 3)).toEqual(["never", "seldom", "often"]);
  expect(drawn.slice(3)).not.toContain("never");
  expect(Math.abs(drawn.filter((value) => value === "seldom").length - 1000)).toBeLessThan(150);
});
