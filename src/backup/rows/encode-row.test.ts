import { describe, expect, it } from "vitest";

import type { RowError } from "../report";
import {
  bigint,
  boolean,
  enumeration,
  float,
  integer,
  json,
  numeric,
  objectKey,
  optional,
  primaryKey,
  sha256,
  text,
  textList,
  timestamp,
} from "../tables/column";
import type { TableDefinition } from "../tables";
import { RowEncoder } from "./encode-row";

const id = "00000000-0000-4000-8000-000000000001";

const table: TableDefinition = {
  name: "things",
  naturalKey: [],
  importRule: "import",
  onlyWith: null,
  columns: {
    id: primaryKey(),
    text: text(),
    key: text({ notEmpty: true, maxBytes: 4 }),
    object_key: objectKey(),
    sha256: sha256(),
    kind: enumeration("kind", { one: "one", two: "two" }),
    at: timestamp(),
    json: json(),
    list: textList(),
    float: float(0, 1),
    numeric: numeric(2, 0, 100),
    integer: integer(),
    bigint: bigint(),
    flag: boolean(),
    note: optional(text()),
  },
};

/** The cells that a row with this one value becomes, or what is wrong with it. */
function encode(column: string, value: string): string {
  const errors: RowError[] = [];
  const encoder = new RowEncoder(table, ["id"], (error) => errors.push(error));
  encoder.encode(Buffer.from(`{"id":"${id}","${column}":${value}}`), 0);
  const line = encoder.output.take().toString();
  if (errors.length > 0) {
    expect(line).toBe("");
    return errors.map((error) => `${error.column ?? "row"}: ${error.message.split(": ").at(-1) ?? ""}`).join();
  }
  expect(line.startsWith(`0\t${id}\t`)).toBe(true);
  expect(line.endsWith("\n")).toBe(true);
  return line.slice(id.length + 3, -1);
}

describe("RowEncoder writes values as COPY's text format has them", () => {
  it.each([
    ["text", '""', ""],
    ["text", '"a\\nb\\tc\\\\d\\"e\\/f"', 'a\\nb\\tc\\\\d\\"e\\/f'],
    ["text", '"\\u00e9\\u000a\\u0009\\u005c\\ud83d\\ude00\\u0001"', "é\\n\\t\\\\😀\u0001"],
    ["text", '"\\\\N"', "\\\\N"],
    ["text", '"\u2028é"', "\u2028é"],
    ["key", '"éé"', "éé"],
    ["object_key", '"a/b..c/ü d"', "a/b..c/ü d"],
    ["sha256", `"${"0f".repeat(32)}"`, "0f".repeat(32)],
    ["kind", '"two"', "two"],
    ["kind", '"\\u0074wo"', "two"],
    ["at", '"2024-02-29T23:59:59.123456+05:30"', "2024-02-29T23:59:59.123456+05:30"],
    ["at", '"infinity"', "infinity"],
    ["at", '"0044-03-15T00:00:00+00:00 BC"', "0044-03-15T00:00:00+00:00 BC"],
    ["json", "null", "null"],
    ["json", '{ "a":\n\t1.10, "b": "\\n\\\\" }', '{ "a":  1.10, "b": "\\\\n\\\\\\\\" }'],
    ["json", "12345678901234567890.1234567890", "12345678901234567890.1234567890"],
    ["list", '["a", "b\\"c", "d\\\\e", "f,g", "", "{}", "h\\ni"]', '{"a","b\\\\"c","d\\\\\\\\e","f,g","","{}","h\\ni"}'],
    ["list", "[]", "{}"],
    ["float", "0.30000000000000004", "0.30000000000000004"],
    ["float", "-0", "-0"],
    ["float", "1e-300", "1e-300"],
    ["numeric", "99.50", "99.50"],
    ["numeric", "1e1", "10.00"],
    ["integer", "-2147483648", "-2147483648"],
    ["bigint", "9223372036854775807", "9223372036854775807"],
    ["flag", "true", "true"],
    ["note", "null", "\\N"],
  ])("%s %s", (column, value, cell) => {
    expect(encode(column, value)).toBe(cell);
  });
});

describe("RowEncoder refuses", () => {
  it.each([
    ["text", "1", "must be a string"],
    ["text", "null", "must not be null"],
    ["key", '""', "must not be empty"],
    ["key", '"ééé"', "at most 4 bytes"],
    ["key", '"\\u00e9\\u00e9\\u00e9"', "at most 4 bytes"],
    ["object_key", '"/etc/passwd"', "absolute"],
    ["object_key", '"c:\\\\x"', "absolute"],
    ["object_key", '"a/../b"', "segment"],
    ["object_key", '"a\\\\..\\\\b"', "segment"],
    ["object_key", '"a\\u0085"', "control"],
    ["object_key", `"${"é".repeat(513)}"`, "1024 bytes"],
    ["sha256", `"${"0F".repeat(32)}"`, "SHA-256"],
    ["kind", '"three"', "one of one, two"],
    ["kind", '"__proto__"', "one of one, two"],
    ["at", '"2026-02-30T00:00:00Z"', "timestamp"],
    ["at", '"2026-01-01T00:00:00"', "timestamp"],
    ["at", '"2026-01-01T24:00:00Z"', "timestamp"],
    ["at", '"2026-01-01T00:00:00.1234567Z"', "timestamp"],
    ["at", '"1900-02-29T00:00:00Z"', "timestamp"],
    ["at", '"now"', "timestamp"],
    ["list", '["a", 1]', "array of strings"],
    ["list", '["a", null]', "array of strings"],
    ["list", '"a"', "array of strings"],
    ["float", "1.5", "from 0 to 1"],
    ["float", '"NaN"', "from 0 to 1"],
    ["numeric", "1.234", "2 decimals"],
    ["numeric", "1e-3", "2 decimals"],
    ["numeric", "101", "from 0 to 100"],
    ["integer", "2147483648", "whole number"],
    ["integer", "1.0", "whole number"],
    ["bigint", "9223372036854775808", "whole number"],
    ["bigint", "-1", "whole number"],
    ["flag", "1", "true or false"],
    ["note", "2", "must be a string"],
  ])("%s %s", (column, value, reason) => {
    expect(encode(column, value)).toMatch(new RegExp(`^${column}: .*${reason}`));
  });

  it("a UUID that is none", () => {
    const errors: RowError[] = [];
    const encoder = new RowEncoder(table, ["id"], (error) => errors.push(error));
    encoder.encode(Buffer.from('{"id":"00000000-0000-4000-8000-00000000000g"}'), 0);
    expect(errors).toMatchObject([{ code: "value_invalid", table: "things", row: 0, column: "id" }]);
  });
});

describe("RowEncoder takes the columns from the first row", () => {
  const run = (rows: string[]) => {
    const errors: RowError[] = [];
    const encoder = new RowEncoder(table, ["id", "text"], (error) => errors.push(error));
    for (const [index, row] of rows.entries()) encoder.encode(Buffer.from(row), index);
    return { errors, encoder, lines: encoder.output.take().toString() };
  };

  it("in whatever order rows name them", () => {
    const { errors, encoder, lines } = run([`{"text":"a","id":"${id}"}`, `{"id":"${id}","text":"b"}`]);
    expect(errors).toEqual([]);
    expect(encoder.columns).toEqual(["id", "text"]);
    expect(lines).toBe(`0\t${id}\ta\n1\t${id}\tb\n`);
  });

  it("refuses a row that lacks one, or a required one, or has one more", () => {
    expect(run([`{"id":"${id}"}`]).errors).toMatchObject([{ code: "column_missing", row: 0, column: "text" }]);
    const more = run([`{"id":"${id}","text":"a"}`, `{"id":"${id}"}`, `{"id":"${id}","text":"a","note":"x"}`]);
    expect(more.errors).toMatchObject([
      { code: "column_missing", row: 1, column: "text" },
      { code: "column_missing", row: 2, column: "note" },
    ]);
    expect(more.lines).toBe(`0\t${id}\ta\n`);
  });

  it("names members that are no columns, prototype's own names too", () => {
    const { errors, encoder } = run([`{"id":"${id}","text":"a","toString":1,"__proto__":{}}`]);
    expect(errors).toEqual([]);
    expect([...encoder.unknownColumns]).toEqual(["toString", "__proto__"]);
  });

  it("knows whether ids ascend", () => {
    const row = (last: string) => `{"id":"00000000-0000-4000-8000-00000000000${last}","text":""}`;
    expect(run([row("1"), row("2"), row("a")]).encoder.ascent).toEqual({ from: id, to: `${id.slice(0, -1)}a` });
    expect(run([row("2"), row("1")]).encoder.ascent).toBe(null);
    expect(run([row("1"), row("1")]).encoder.ascent).toBe(null);
    expect(run([row("1"), row("A")]).encoder.ascent).toBe(null);
    expect(run([]).encoder.ascent).toEqual({ from: "", to: "" });
  });
});
