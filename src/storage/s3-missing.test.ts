import { describe, expect, it } from "vitest";

import { MissingSearch } from "./s3-missing";

function searchIn(pages: readonly string[][], keys: readonly string[]): string[] {
  const search = new MissingSearch(keys);
  for (const page of pages) expect(search.see(page)).toBe(true);
  search.end();
  return [...search.missing];
}

describe("keys that are missing in a listing", () => {
  it("are those between its names, before and behind them", () => {
    expect(searchIn([["b", "d"], ["f"]], ["a", "b", "c", "d", "e", "f", "g"])).toEqual(["a", "c", "e", "g"]);
    expect(searchIn([], ["b", "a", "a"])).toEqual(["a", "b"]);
    expect(searchIn([["a", "b"]], ["b", "a", "b"])).toEqual([]);
  });

  it("are found in the order of UTF-8, which is not that of UTF-16", () => {
    const names = ["\uff5e", "\u{1f4a9}"];
    expect(searchIn([names], [...names].reverse())).toEqual([]);
    expect(searchIn([["\u{1f4a9}"]], names)).toEqual(["\uff5e"]);
  });

  it("are known up to the last name only, until the listing has ended", () => {
    const search = new MissingSearch(["a", "c"]);
    search.see(["b"]);
    expect([...search.missing]).toEqual(["a"]);
    expect(search.isOver).toBe(false);
    search.see(["c", "d"]);
    expect([...search.missing]).toEqual(["a"]);
    expect(search.isOver).toBe(true);
  });

  it("are not told from one that has no order, within a page or from one to the next", () => {
    expect(new MissingSearch(["a"]).see(["c", "b"])).toBe(false);
    const search = new MissingSearch(["a"]);
    expect(search.see(["c"])).toBe(true);
    expect(search.see(["b"])).toBe(false);
  });

  it("are looked for from just before the first one on", () => {
    expect(new MissingSearch(["files/b2", "files/b1"]).before).toBe("files/b");
    expect(new MissingSearch(["x/\u{1f4a9}"]).before).toBe("x/");
    expect(new MissingSearch(["x"]).before).toBeUndefined();
  });
});
