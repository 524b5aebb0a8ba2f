import { expect, test } from "vitest";

import { localPath } from "./local-path";

test.each([
  ["/inventory/assets?q=a%26b&page=2", "/inventory/assets?q=a%26b&page=2"],
  ["/", "/"],
  ["inventory", "/inventory"],
])("%s stays %s", (wanted, path) => {
  expect(localPath(wanted)).toBe(path);
});

test.each([
  undefined,
  ["/inventory"],
  "https://example.com/",
  "//example.com",
  "/\\example.com",
  "/..//example.com",
  "\t//example.com",
  "javascript:alert(1)",
  "http://here.invalid//example.com",
  "http://[",
  "/sign-in?callbackUrl=/",
])("%j leads to the overview", (wanted) => {
  expect(localPath(wanted)).toBe("/");
});
