import { expect, test } from "vitest";
import { copyLine, textArray } from "./copy";

test("a line escapes what COPY's text format gives a meaning", () => {
  expect(copyLine(["plain", null, 1.5, ""])).toBe("plain\t\\N\t1.5\t\n");
  expect(copyLine(["a\tb\nc\rd\\N", "\\."])).toBe("a\\tb\\nc\\rd\\\\N\t\\\\.\n");
});

test("an array quotes every element, so that none is taken for syntax", () => {
  expect(textArray([])).toBe("{}");
  expect(textArray(["", "NULL", "a,b", '"{}"', "\\"])).toBe('{"","NULL","a,b","\\"{}\\"","\\\\"}');
});
