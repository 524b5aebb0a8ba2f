import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BundleError } from "../errors";
import { RowSplitter } from "./split-rows";

const limits = { row: 200, nesting: 5 };
const chunkSizes = [Number.POSITIVE_INFINITY, 7, 3, 1];

function split(text: Buffer | string, chunkSize: number, within = limits): string[] {
  const bytes = Buffer.from(text);
  const splitter = new RowSplitter("data/t.json", within, within.row);
  const counter = new RowSplitter("data/t.json", within, null);
  const rows: string[] = [];
  for (let start = 0; start < bytes.length; start += chunkSize) {
    const chunk = bytes.subarray(start, start + chunkSize);
    rows.push(...splitter.push(chunk).map((row) => row.toString("latin1")));
    counter.push(chunk);
  }
  splitter.end();
  counter.end();
  expect([splitter.rows, counter.rows]).toEqual([rows.length, rows.length]);
  const longest = Math.max(0, ...rows.map((row) => row.length));
  expect([splitter.longest, counter.longest]).toEqual([longest, longest]);
  return rows;
}

const accepted: Record<string, [text: string, rows: string[]]> = {
  empty: ["[]", []],
  "empty with white space": [" \t\r\n[ \n ]\n ", []],
  "one row a line": ['[\n{"a":1},\n{"a":2}\n]\n', ['{"a":1}', '{"a":2}']],
  "one line": ['[{"a":1},{"a":2}]', ['{"a":1}', '{"a":2}']],
  "white space everywhere": ["[ { } \n,\t{\n} ]", ["{ }", "{\n}"]],
  "braces in strings": ['[{"}]":"{["},{"a":"]"}]', ['{"}]":"{["}', '{"a":"]"}']],
  "escaped quotes": ['[{"a":"\\"}"},{"b\\\\":"\\\\"},{"c":"\\\\\\""}]', ['{"a":"\\"}"}', '{"b\\\\":"\\\\"}', '{"c":"\\\\\\""}']],
  "escapes before the end": ['[{"a":"\\u0022}"}]', ['{"a":"\\u0022}"}']],
  "as deep as allowed": ['[{"a":[[[[]]]]}]', ['{"a":[[[[]]]]}']],
};

const refused: Record<string, [text: string | Buffer, code: string, row: number]> = {
  nothing: ["", "json_invalid", 0],
  "white space": [" \n", "json_invalid", 0],
  "byte order mark": ["\uFEFF[]", "json_invalid", 0],
  object: ["{}", "json_invalid", 0],
  "lines of rows": ["{}\n{}", "json_invalid", 0],
  string: ['"[]"', "json_invalid", 0],
  "scalar row": ["[{},1]", "json_invalid", 1],
  "null row": ["[null]", "json_invalid", 0],
  "array row": ["[[]]", "json_invalid", 0],
  "trailing comma": ["[{},]", "json_invalid", 1],
  "leading comma": ["[,{}]", "json_invalid", 0],
  "two commas": ["[{},,{}]", "json_invalid", 1],
  "no comma": ["[{} {}]", "json_invalid", 1],
  "only a comma": ["[,]", "json_invalid", 0],
  "no end": ["[{}", "json_invalid", 1],
  "no end after a comma": ["[{},", "json_invalid", 1],
  "no end of a row": ['[{"a":1', "json_invalid", 0],
  "no end of a string": ['[{"a":"}]', "json_invalid", 0],
  "no end after a backslash": ['[{"a":"\\', "json_invalid", 0],
  "second array": ["[][]", "json_invalid", 0],
  "text behind": ["[{}]x", "json_invalid", 1],
  "zero byte behind": ["[{}]\0", "json_invalid", 1],
  "form feed": ["[\f]", "json_invalid", 0],
  "no-break space": ["[\u00a0]", "json_invalid", 0],
  "too deep": ['[{},{"a":[[[[[]]]]]}]', "nesting_too_deep", 1],
  "too deep in objects": [`[${'{"a":'.repeat(6)}1${"}".repeat(6)}]`, "nesting_too_deep", 0],
  "row too large": [`[{},{"a":"${"x".repeat(193)}"}]`, "row_too_large", 1],
  "row of spaces too large": [`[{},{"a":${" ".repeat(500)}1}]`, "row_too_large", 1],
  "row too large and without end": [`[{"a":"${"x".repeat(500)}`, "row_too_large", 0],
};

describe.each(chunkSizes)("in chunks of %d bytes", (chunkSize) => {
  it.each(Object.entries(accepted))("splits: %s", (_name, [text, rows]) => {
    expect(split(text, chunkSize)).toEqual(rows);
  });

  it.each(Object.entries(refused))("refuses: %s", (_name, [text, code, row]) => {
    const attempt = () => split(text, chunkSize);
    expect(attempt).toThrow(BundleError);
    expect(attempt).toThrow(expect.objectContaining({ code, row, entry: "data/t.json" }));
  });

  it("takes a row of just the size allowed", () => {
    expect(split(`[{"a":"${"x".repeat(192)}"}]`, chunkSize)).toHaveLength(1);
  });
});

describe("any array of objects", () => {
  const wide = { row: 1e6, nesting: 1000 };

  it("comes back as its rows, however it is laid out and cut", () => {
    const rows = fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()));
    const layout = fc.oneof(fc.constant(""), fc.stringMatching(/^[ \t\n\r]{1,4}$/));
    fc.assert(
      fc.property(rows, layout, fc.integer({ min: 1, max: 64 }), (values, space, chunkSize) => {
        const laidOut = JSON.stringify(values, null, space.replaceAll(/[^ ]/g, " "));
        const found = split(`${space}${laidOut}${space}`, chunkSize, wide);
        expect(found.map((row) => JSON.parse(Buffer.from(row, "latin1").toString()) as unknown)).toEqual(
          JSON.parse(laidOut),
        );
      }),
    );
  });

  it("comes back whole where rows and what is escaped in them lie across the ends of what is looked at at once", () => {
    for (const before of Array.from({ length: 40 }, (_, index) => 262_144 - 20 - index)) {
      const values = [{ a: "x".repeat(before) }, { 'b"\\': '\\"'.repeat(10) }, { c: ["}".repeat(300_000)] }, {}];
      const laidOut = JSON.stringify(values);
      const rows = split(laidOut, Number.POSITIVE_INFINITY, wide);
      expect(rows).toEqual(values.map((value) => JSON.stringify(value)));
      expect(split(laidOut, 131_072, wide)).toEqual(rows);
    }
  });

  it("gives a row that comes in parts a buffer of its own of just its size, where it is the longest", () => {
    const text = Buffer.from(`[{"a":"${"x".repeat(900_000)}"},{"b":1}]`);
    const counter = new RowSplitter("data/t.json", wide, null);
    counter.push(text);
    const splitter = new RowSplitter("data/t.json", wide, counter.longest);
    const rows: Buffer[] = [];
    for (let start = 0; start < text.length; start += 100_000) rows.push(...splitter.push(text.subarray(start, start + 100_000)));
    expect(rows.map((row) => row.length)).toEqual([counter.longest, 7]);
    expect(rows[0]?.buffer.byteLength).toBe(counter.longest);
  });

  it("holds nothing of white space between rows", () => {
    const splitter = new RowSplitter("data/t.json", { row: 10, nesting: 5 }, 10);
    splitter.push(Buffer.from("[{}"));
    for (let chunk = 0; chunk < 100; chunk++) expect(splitter.push(Buffer.alloc(1000, 0x20))).toEqual([]);
    expect(splitter.push(Buffer.from(",{}]")).map(String)).toEqual(["{}"]);
    splitter.end();
  });
});

it("takes back the room of a row that came in parts when more is asked for", () => {
  const row = Buffer.from(`{"a":"${"x".repeat(100_000)}"}`);
  const splitter = new RowSplitter("data/t.json", { row: row.length, nesting: 5 }, row.length);
  splitter.push(Buffer.concat([Buffer.from("["), row.subarray(0, 50_000)]));
  const [given] = splitter.push(row.subarray(50_000));
  expect(given?.equals(row)).toBe(true);
  splitter.push(Buffer.from("]"));
  expect(given).toHaveLength(0);
});
