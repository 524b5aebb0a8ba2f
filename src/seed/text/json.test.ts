import { expect, test } from "vitest";
import { encodeJson, ExactNumber, type Json } from "./json";

test("writes what JSON.stringify writes, member for member", () => {
  const value: Json = { a: [null, true, -0.5, '\u0001\u2028"\\'], "": {}, ["__proto__"]: [[]], long: 1e21 };
  expect(encodeJson(value)).toBe(JSON.stringify(value));
});

test("writes exact numbers digit for digit", () => {
  expect(encodeJson([new ExactNumber("12345678901234567890.10")])).toBe("[12345678901234567890.10]");
});
