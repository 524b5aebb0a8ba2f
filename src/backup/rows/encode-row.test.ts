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
  rowOrder: ["id"],
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

/** The cells of lines in COPY's binary format. */
function linesOf(bytes: Buffer): (Buffer | null)[][] {
  const lines: (Buffer | null)[][] = [];
  let position = 0;
  while (position < bytes.length) {
    const cells: (Buffer | null)[] = [];
    const count = bytes.readInt16BE(position);
    position += 2;
    while (cells.length < count) {
      const length = bytes.readInt32BE(position);
      position += 4;
      cells.push(length === -1 ? null : bytes.subarray(position, (position += Math.max(length, 0))));
    }
    lines.push(cells);
  }
  expect(position).toBe(bytes.length);
  return lines;
}

const number = (value: number) => hex(value.toString(16).padStart(8, "0"));
const hex = (digits: string) => Buffer.from(digits.replaceAll(" ", ""), "hex");
const utf8 = (text: string) => Buffer.from(text);
const uuid = (text: string) => hex(text.replaceAll("-", ""));
const jsonb = (text: string) => Buffer.concat([hex("01"), utf8(text)]);
const list = (...elements: string[]) => {
  const dimensions = elements.length === 0 ? [0, 0, 25] : [1, 0, 25, elements.length, 1];
  return Buffer.concat([...dimensions.map(number), ...elements.flatMap((element) => [number(Buffer.byteLength(element)), utf8(element)])]);
};

/** The cell that a row's one value becomes, or what is wrong with it. */
function encode(column: string, value: string): Buffer | null | string {
  const errors: RowError[] = [];
  const encoder = new RowEncoder(table, ["id"], (error) => errors.push(error()));
  encoder.encode(Buffer.from(`{"id":"${id}","${column}":${value}}`), 0);
  const lines = linesOf(encoder.output.take());
  if (errors.length > 0) {
    expect(lines).toEqual([]);
    return errors.map((error) => `${error.column ?? "row"}: ${error.message.split(": ").at(-1) ?? ""}`).join();
  }
  expect(lines).toHaveLength(1);
  const [[index, ownId, cell = null, ...others] = []] = lines;
  expect([index, ownId, others]).toEqual([number(0), uuid(id), []]);
  return cell;
}

describe("RowEncoder writes values as COPY's binary format has them", () => {
  it.each<[string, string, Buffer | null]>([
    ["text", '""', utf8("")],
    ["text", '"a\\nb\\tc\\\\d\\"e\\/f\\b\\f\\r"', utf8('a\nb\tc\\d"e/f\b\f\r')],
    ["text", '"\\u00e9\\u000a\\u0009\\u005c\\ud83d\\ude00\\u0001"', utf8("é\n\t\\😀\u0001")],
    ["text", '"\\\\N"', utf8("\\N")],
    ["text", '"\\\\u00e9"', utf8("\\u00e9")],
    ["text", '"\u2028é"', utf8("\u2028é")],
    ["key", '"éé"', utf8("éé")],
    ["object_key", '"a/b..c/ü d"', utf8("a/b..c/ü d")],
    ["sha256", `"${"0f".repeat(32)}"`, utf8("0f".repeat(32))],
    ["kind", '"two"', utf8("two")],
    ["kind", '"\\u0074wo"', utf8("two")],
    ["at", '"2000-01-01T00:00:00+00:00"', hex("0000 0000 0000 0000")],
    ["at", '"1999-12-31T23:59:59.999999+00:00"', hex("ffff ffff ffff ffff")],
    ["at", '"2024-02-29T23:59:59.123456+05:30"', hex("0002 b588 372a 5a00")],
    ["at", '"infinity"', hex("7fff ffff ffff ffff")],
    ["at", '"-infinity"', hex("8000 0000 0000 0000")],
    ["json", "null", jsonb("null")],
    ["json", '{ "a":\n\t1.10, "b": "\\n\\\\" }', jsonb('{ "a":\n\t1.10, "b": "\\n\\\\" }')],
    ["json", "12345678901234567890.1234567890", jsonb("12345678901234567890.1234567890")],
    ["list", '["a", "b\\"c", "d\\\\e", "f,g", "", "{}", "h\\ni"]', list("a", 'b"c', "d\\e", "f,g", "", "{}", "h\ni")],
    ["list", '["a","","ü"]', list("a", "", "ü")],
    ["list", "[]", list()],
    ["float", "0.30000000000000004", hex("3fd3 3333 3333 3334")],
    ["float", "-0", hex("8000 0000 0000 0000")],
    ["float", "0e5", hex("0000 0000 0000 0000")],
    ["float", "5e-324", hex("0000 0000 0000 0001")],
    ["numeric", "99.50", hex("0002 0000 0000 0002 0063 1388")],
    ["numeric", "1e1", hex("0001 0000 0000 0002 000a")],
    ["numeric", "0.01000", hex("0001 ffff 0000 0002 0064")],
    ["numeric", "-0.00", hex("0000 0000 0000 0002")],
    ["integer", "-2147483648", hex("8000 0000")],
    ["bigint", "9223372036854775807", hex("7fff ffff ffff ffff")],
    ["flag", "true", hex("01")],
    ["flag", "false", hex("00")],
    ["note", "null", null],
  ])("%s %s", (column, value, cell) => {
    expect(encode(column, value)).toEqual(cell);
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
    ["at", '"2026-01-01T00:00:00+0530:15"', "timestamp"],
    ["at", '"0004-02-29T00:00:00Z BC"', "timestamp"],
    ["list", '["a", 1]', "array of strings"],
    ["list", '["a", null]', "array of strings"],
    ["list", '"a"', "array of strings"],
    ["float", "1.5", "from 0 to 1"],
    ["float", '"NaN"', "from 0 to 1"],
    ["float", "0.01e-400", "so near to zero"],
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

  it("a number of millions of zeros, in the time of its bytes", () => {
    const started = performance.now();
    expect(encode("numeric", `0.${"0".repeat(15_000_000)}1`)).toMatch(/2 decimals/);
    expect(encode("numeric", `0.5${"0".repeat(15_000_000)}`)).toEqual(hex("0001 ffff 0000 0002 1388"));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("a UUID that is none", () => {
    const errors: RowError[] = [];
    const encoder = new RowEncoder(table, ["id"], (error) => errors.push(error()));
    encoder.encode(Buffer.from('{"id":"00000000-0000-4000-8000-00000000000g"}'), 0);
    expect(errors).toMatchObject([{ code: "value_invalid", table: "things", row: 0, column: "id" }]);
  });
});

describe("RowEncoder takes the columns from the first row", () => {
  const run = (rows: string[]) => {
    const errors: RowError[] = [];
    const encoder = new RowEncoder(table, ["id", "text"], (error) => errors.push(error()));
    for (const [index, row] of rows.entries()) encoder.encode(Buffer.from(row), index);
    return { errors, encoder, lines: linesOf(encoder.output.take()) };
  };

  it("and keeps no more of a name that it does not know than can be told", () => {
    const { encoder } = run([`{"id":"${id}","text":"b","${"x".repeat(1_000_000)}":1}`]);
    expect([...encoder.unknownColumns]).toEqual(["x".repeat(100)]);
  });

  it("in whatever order rows name them", () => {
    const { errors, encoder, lines } = run([`{"text":"a","id":"${id}"}`, `{"id":"${id}","text":"b"}`]);
    expect(errors).toEqual([]);
    expect(encoder.columns).toEqual(["id", "text"]);
    expect(lines).toEqual([
      [number(0), uuid(id), utf8("a")],
      [number(1), uuid(id), utf8("b")],
    ]);
  });

  it("refuses a row that lacks one, or a required one, or has one more", () => {
    expect(run([`{"id":"${id}"}`]).errors).toMatchObject([{ code: "column_missing", row: 0, column: "text" }]);
    const more = run([`{"id":"${id}","text":"a"}`, `{"id":"${id}"}`, `{"id":"${id}","text":"a","note":"x"}`]);
    expect(more.errors).toMatchObject([
      { code: "column_missing", row: 1, column: "text" },
      { code: "column_missing", row: 2, column: "note" },
    ]);
    expect(more.lines).toEqual([[number(0), uuid(id), utf8("a")]]);
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
