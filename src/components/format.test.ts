import { describe, expect, test } from "vitest";

import { formatBytes, formatCount, formatDateTime, formatDuration, formatQuantity } from "./format";

describe("formatBytes", () => {
  test.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1 kB"],
    [1500, "1.5 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [4_056_938, "4.06 MB"],
    [1_073_741_824, "1.07 GB"],
    [5e18, "5000 PB"],
  ])("%d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

test("counts have separators, and quantities their noun", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
  expect(formatQuantity(1, "row")).toBe("1 row");
  expect(formatQuantity(2000, "row")).toBe("2,000 rows");
  expect(formatQuantity(0, "entry", "entries")).toBe("0 entries");
});

test("moments are in UTC, and what no Date holds stays as it is", () => {
  expect(formatDateTime("2026-11-23T23:30:00+02:00")).toBe("23 Nov 2026 21:30 UTC");
  expect(formatDateTime("294276-12-31T23:59:59.999999Z")).toBe("294276-12-31T23:59:59.999999Z");
});

test.each([
  [80, "0.1 s"],
  [9_940, "9.9 s"],
  [42_000, "42 s"],
  [61_900, "1 min 1 s"],
  [120_000, "2 min"],
  [3_660_000, "1 h 1 min"],
])("%d ms are %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
