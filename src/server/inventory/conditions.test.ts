import { expect, test } from "vitest";

import { contains, equals, whereAll } from "./conditions";

test("numbers the parameters of what is given and leaves out the rest", () => {
  const conditions = [...equals("a", undefined), ...equals("b", "x"), ...contains(["c", "d"], "y"), ...contains(["e"], "")];
  expect(whereAll(conditions)).toEqual({
    sql: "WHERE b = $1 AND (c ILIKE $2 OR d ILIKE $2)",
    values: ["x", "%y%"],
  });
  expect(whereAll([])).toEqual({ sql: "", values: [] });
});

test("looks for what is typed, signs of patterns included", () => {
  expect(contains(["a"], String.raw`100%_\ `)[0]?.value).toBe(String.raw`%100\%\_\\ %`);
});
