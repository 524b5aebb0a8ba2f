import { readFile } from "node:fs/promises";

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { compile, pathOf, programs } from "../../../scripts/support/compile-vectors.mjs";
import type { RowError } from "../report";
import {
  bigint,
  boolean,
  enumeration,
  float,
  integer,
  json,
  numeric,
  optional,
  primaryKey,
  reference,
  sha256,
  text,
  textList,
  timestamp,
} from "../tables/column";
import type { TableDefinition } from "../tables";
import { BatchEncoder, batchOf } from "./encode-batch";
import { RowEncoder } from "./encode-row";
import { indexedLines, type LineForm, type Substitution } from "./line-form";

const table: TableDefinition = {
  name: "things",
  naturalKey: [],
  rowOrder: ["id"],
  importRule: "import",
  onlyWith: null,
  columns: {
    id: primaryKey(),
    parent: reference("things"),
    other: optional(reference("things")),
    text: text(),
    key: text({ notEmpty: true, maxBytes: 20 }),
    kind: enumeration("kind", { one: "one", onetwo: "onetwo", two: "two" }),
    at: timestamp(),
    json: json(),
    list: textList(),
    float: float(-1, 1000),
    wide: float(-1e300, 1e300),
    numeric: numeric(2, 0, 100),
    small: optional(numeric(4, -99, 9999)),
    integer: integer(),
    bigint: bigint(),
    flag: boolean(),
    sha256: sha256(),
  },
};
const names = Object.keys(table.columns);
const idOf = (number: number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
const someId = "0189abcd-ef01-4abc-8def-0123456789ab";

/** JSON texts of a row that exports write, by column. */
const usual: Readonly<Record<string, string>> = {
  id: `"${idOf(1)}"`,
  parent: `"${someId}"`,
  other: "null",
  text: '"some text that is longer than one vector, or two of them: ü 漢"',
  key: '"key"',
  kind: '"onetwo"',
  at: '"2026-01-02T03:04:05.6+00:00"',
  json: '{"a": [1, -2.50, {"b": null}, "c\\"\\u0001"], "longer name": {}}',
  list: '["a","bc",""]',
  float: "0.25",
  wide: "12345678",
  numeric: "28.90",
  small: "0.0301",
  integer: "-12",
  bigint: "9007199254740",
  flag: "true",
  sha256: `"${"0a".repeat(32)}"`,
};

function rowOf(values: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(`{${names.map((name) => `"${name}":${values[name]}`).join(",")}}`);
}

interface Encoded {
  lines: Buffer;
  errors: RowError[];
  ascent: { from: string; to: string } | null;
  substitutedByNone: [string, number][];
}

/** By the code that looks at one byte after the other. */
function encodeEach(rows: readonly Buffer[], form: LineForm): Encoded {
  const errors: RowError[] = [];
  const encoder = new RowEncoder(table, names, (error) => errors.push(error()), form);
  encoder.restart(names);
  for (const [index, row] of rows.entries()) if (encoder.isWanted(index)) encoder.encode(row, index);
  return { lines: encoder.output.take(), errors, ascent: encoder.ascent, substitutedByNone: [...encoder.substitutedByNone] };
}

/** In batches, of which the first is one row that tells what the others look like. */
function encodeTogether(rows: readonly Buffer[], form: LineForm): Encoded {
  const encoder = new BatchEncoder({ table, requiredColumns: names, form });
  encoder.encode({ ...batchOf([rowOf(usual)], rows.length), columns: names });
  const batch = encoder.encode({ ...batchOf(rows, 0), columns: names });
  const { errors, ascent, substitutedByNone } = batch;
  return { lines: Buffer.concat(batch.lines), errors, ascent, substitutedByNone: [...substitutedByNone] };
}

/** How many of these rows have no usual form. */
function countUnusual(rows: readonly Buffer[], form: LineForm = indexedLines): number {
  const encode = vi.spyOn(RowEncoder.prototype, "encode");
  encodeTogether(rows, form);
  const calls = encode.mock.calls.length;
  encode.mockRestore();
  // One told what the others look like.
  return calls - 1;
}

function expectSame(rows: readonly Buffer[], form: LineForm = indexedLines): void {
  expect(encodeTogether(rows, form)).toEqual(encodeEach(rows, form));
}

/** By column, texts that have their usual form. */
const taken: Readonly<Record<string, readonly string[]>> = {
  parent: [`"${someId.toUpperCase()}"`],
  other: [`"${someId}"`],
  text: ['""', '"sixteen bytes ..."', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u0001\\u007F"', `"${"x".repeat(20_000)}"`],
  key: ['"12345678901234567890"', '"1234567890123456789\\n"'],
  kind: ['"one"', '"two"'],
  at: ['"1800-01-01T00:00:00+00:00"', '"2200-12-31T23:59:59.999999+00:00"', '"2024-02-28T00:00:00.000001+00:00"', '"2000-03-01T12:00:00.120+00:00"'],
  json: [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1.50",
    '""',
    "[]",
    "{}",
    "[[], {}]",
    '{"a": 1, "b": 1}',
    '{"a": {"a": {"a": 1}}, "b": {"a": 1}}',
    '{"same beginning, other end 1": 1, "same beginning, other end 2": 2}',
    '{"a\\n": 1, "a\\u0001": 2, "a\\"": 3}',
    '"\\u0041"',
    "[".repeat(64) + "]".repeat(64),
    `{${Array.from({ length: 24 }, (_, index) => `"${index}": ${index}`).join(", ")}}`,
  ],
  list: ["[]", '[""]', '["a\\"b","\\u0001"]', `[${Array.from({ length: 5000 }, () => '""').join(",")}]`],
  float: ["0", "1000", "0.5", "999.999999999999", "1.0"],
  wide: ["999999999999999", "0.00000000000001"],
  numeric: ["0", "0.00", "100", "100.00", "0.5", "28.9000"],
  small: ["null", "0", "9999", "9999.0000", "0.0001"],
  integer: ["0", "2147483647", "-2147483648"],
  bigint: ["0", "999999999999999"],
  flag: ["false"],
  sha256: [`"${"f".repeat(64)}"`],
};

/** By column, sound or not, texts that are left to the rules themselves. */
const left: Readonly<Record<string, readonly string[]>> = {
  id: [`"${someId.toUpperCase()}"`, "null", '"x"'],
  parent: ["null", '""', `"${someId}x"`, `"${someId.replace("a", "g")}"`, `"${someId.replaceAll("-", "0")}"`, "1", `"\\u0030${someId.slice(1)}"`],
  other: ['"null"'],
  text: ["null", "1", "[]", '"\\u00e9"', '"\\u2028"', '"\\ud83d\\ude00"', `"${"x".repeat(27_000)}"`],
  key: ['""', '"123456789012345678901"', '"1234567890123456789ü"'],
  kind: ['"three"', '"on"', '"onet"', '""', '"\\u006fne"'],
  at: [
    '"2024-02-29T00:00:00+00:00"',
    '"1799-12-31T23:59:59+00:00"',
    '"2026-13-01T00:00:00+00:00"',
    '"2026-04-31T00:00:00+00:00"',
    '"2026-01-01T24:00:00+00:00"',
    '"2026-01-01T00:00:00.1234567+00:00"',
    '"2026-01-01T00:00:00.+00:00"',
    '"2026-01-01T00:00:00+01:00"',
    '"2026-01-01T00:00:00Z"',
    '"2026-01-0aT00:00:00+00:00"',
    '"infinity"',
    '""',
  ],
  json: [
    "1e5",
    `-${"1".repeat(64)}`,
    '{"a": 1, "a": 2}',
    '{"same beginning, same end": 1, "b": 2, "same beginning, same end": 3}',
    '{"\\u0061": 1}',
    '{"a\\/": 1}',
    '{"\\u001F": 1}',
    '{"\\u000a": 1}',
    '"\\u0000"',
    '"\\ud800"',
    '"\\x"',
    "01",
    "1.",
    "-",
    "nul",
    '{"a": 1,}',
    "[1,]",
    '{"a" 1}',
    '{"a": }',
    "{1: 2}",
    "[1 2]",
    "[ 1]",
    "[1, 2}",
    '{"a": 1]',
    "[".repeat(65) + "]".repeat(65),
    "[".repeat(300) + "]".repeat(300),
    `{${Array.from({ length: 25 }, (_, index) => `"${index}": ${index}`).join(", ")}}`,
    '{"a": 1}{}',
  ],
  list: ["null", '"a"', "[1]", "[null]", '["a", "b"]', '["a"', '[["a"]]', '["\\u00e9"]'],
  float: ["-0.5", "1e-7", "0.30000000000000004", "1000.1", "-2", '"1"', "1.", ".5", "00"],
  wide: ["1000000000000000", "9007199254740993", "12345678901234567890", "0.000000000000001"],
  numeric: ["-1", "100.01", "0.001", "1e1", "0.00000", '"1"'],
  small: ["-1", "10000", "0.00001"],
  integer: ["1.0", "2147483648", "-2147483649", "1e3", "01"],
  bigint: ["-1", "9223372036854775807", "9223372036854775808"],
  flag: ['"true"', "1", "tru", "falsy"],
  sha256: [`"${"F".repeat(64)}"`, `"${"f".repeat(63)}"`, `"${"f".repeat(65)}"`, '""'],
};

const cases = (values: Readonly<Record<string, readonly string[]>>) => Object.entries(values).flatMap(([name, texts]) => texts.map((value) => ({ name, value, shown: value.slice(0, 60) })));

describe("A value in its usual form", () => {
  it.each(cases(taken))("is taken as the rule takes it: $name $shown", ({ name, value }) => {
    const row = rowOf({ ...usual, [name]: value });
    expect(encodeEach([row], indexedLines).errors).toEqual([]);
    expectSame([row]);
    expect(countUnusual([row])).toBe(0);
  });
});

describe("Any other value", () => {
  it.each(Array.from({ length: 0x20 }, (_, code) => code))("is one with the control character %i, in any string", (code) => {
    const character = String.fromCharCode(code);
    for (const name of ["id", "parent", "other", "text", "key", "kind", "at", "json", "list", "sha256"]) {
      const value = name === "other" ? `"${someId}"` : (usual[name] ?? "");
      // In the middle of the first string, in the place of a character.
      const at = value.indexOf('"') + 2;
      const rows = [rowOf(usual), rowOf({ ...usual, id: `"${idOf(2)}"`, [name]: value.slice(0, at) + character + value.slice(at + 1) })];
      expect(encodeEach(rows, indexedLines).errors, name).toHaveLength(1);
      expectSame(rows);
    }
  });

  it("costs no more where there are many in a batch", () => {
    const isWanted = vi.spyOn(RowEncoder.prototype, "isWanted");
    encodeTogether(Array.from({ length: 30_000 }, () => Buffer.from("{x}")), indexedLines);
    expect(isWanted.mock.calls.length).toBeLessThan(100_000);
    isWanted.mockRestore();
  });

  it.each(cases(left))("is left to its rule: $name $shown", ({ name, value }) => {
    const rows = [rowOf(usual), rowOf({ ...usual, id: `"${idOf(2)}"`, [name]: value }), rowOf({ ...usual, id: `"${idOf(3)}"` })];
    expectSame(rows);
    expect(countUnusual(rows)).toBe(1);
  });

  it("is so in rows with other members than the first, another order, or space", () => {
    const text = rowOf(usual).toString();
    const rows = [text.replace('"flag":true,', ""), `${text.slice(0, -1)},"more":1}`, text.replace('"flag":true,', '"flag":true, '), `${text} `, ` ${text}`, text.replace('"key"', '"kex"')];
    for (const row of rows) {
      expectSame([rowOf(usual), Buffer.from(row)]);
      expect(countUnusual([Buffer.from(row)])).toBe(1);
    }
  });

  it("is so in a batch that is no UTF-8", () => {
    const row = rowOf(usual);
    row[row.indexOf("ü")] = 0xff;
    expectSame([rowOf(usual), row]);
  });
});

describe("Lines", () => {
  const many = (count: number, values: (index: number) => Readonly<Record<string, string>> = () => ({})) =>
    Array.from({ length: count }, (_, index) => rowOf({ ...usual, id: `"${idOf(index + 1)}"`, ...values(index) }));

  it("come in the rows' order, whatever has its usual form", () => {
    const rows = many(300, (index) => (index % 3 === 0 ? { float: "1e-7" } : {}));
    expectSame(rows);
    expect(countUnusual(rows)).toBe(100);
  });

  it("of rows that are many times as long as a batch's are all there", () => {
    expectSame(many(14, () => ({ list: taken["list"]?.at(-1) ?? "", text: '""' })));
  });

  it("are led by no index where none is asked for", () => expectSame(many(10), { ...indexedLines, indexed: false }));

  it("are those of wanted rows alone", () => {
    const only = Uint8Array.from({ length: 50 }, (_, index) => (index % 7 < 3 ? 1 : 0));
    expectSame(many(50), { ...indexedLines, only });
  });

  it("lack columns from a row on", () => {
    const leaveOut = { from: 3, columns: new Set(["text", "key", "kind", "at", "json", "list", "float", "wide", "numeric", "small", "integer", "bigint", "flag", "sha256"]) };
    const rows = many(10);
    expectSame(rows, { ...indexedLines, leaveOut });
    expect(encodeTogether(rows, { ...indexedLines, leaveOut }).lines.length).toBeLessThan(encodeTogether(rows, indexedLines).lines.length / 2);
  });

  it.each<[string, Substitution]>([
    ["one id", { by: "one id", id: idOf(77) }],
    ["the id itself where it is one of few", { by: "itself where known", known: new Set([idOf(5), someId, idOf(300)]) }],
    ["the id itself where it is one of many", { by: "itself where known", known: new Set(Array.from({ length: 1000 }, (_, index) => idOf(index * 2))) }],
    ["the id itself where it is one of very many", { by: "itself where known", known: new Set(Array.from({ length: 1001 }, (_, index) => idOf(index * 2))) }],
    ["the id itself where another one ends or begins like it", { by: "itself where known", known: new Set([`ffffffff${idOf(4).slice(8)}`, `${someId.slice(0, -1)}0`]) }],
    ["the id itself where there are none", { by: "itself where known", known: new Set() }],
    ["none", { by: "none" }],
  ])("have %s in the place of an id", (_, substitution) => {
    const rows = many(100, (index) => ({ other: index % 5 === 0 ? "null" : `"${index % 2 === 0 ? idOf(index) : someId}"`, ...(index % 10 === 9 ? { float: "2e-3" } : {}) }));
    expectSame(rows, { ...indexedLines, substitutions: new Map([["other", substitution]]) });
  });

  it.each([
    ["ascend", [1, 2, 3, 4], []],
    ["have one twice", [1, 2, 2, 4], []],
    ["have a smaller one in the middle", [1, 3, 2, 4], []],
    ["ascend over others", [1, 2, 3, 4], [1, 2]],
    ["have a smaller one behind another", [1, 4, 2, 5], [1]],
    ["have a smaller one that is another", [1, 4, 2, 5], [2]],
  ])("know that ids %s", (_, ids, unusualRows: number[]) => {
    expectSame(ids.map((number, index) => rowOf({ ...usual, id: `"${idOf(number)}"`, ...(unusualRows.includes(index) ? { float: "1e-7" } : {}) })));
  });
});

describe("Changed rows", () => {
  const column = fc.constantFrom(...cases(taken), ...cases(left));
  const values = fc.array(column, { maxLength: 4 }).map((some) => Object.fromEntries(some.map(({ name, value }) => [name, value])));
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => Buffer.from([code]));
  const bytes = fc.constantFrom(...Array.from('"\\{}[],: 0123456789abefnrtu-+.T\u0000\u0001ü', (character) => Buffer.from(character)));
  const change = fc.record({ at: fc.nat(), removed: fc.nat({ max: 3 }), put: fc.oneof(bytes, byte, fc.constant(Buffer.alloc(0))) });
  const row = fc.tuple(values, fc.array(change, { maxLength: 2 })).map(([some, changes]) => changes.reduce(changed, rowOf({ ...usual, ...some })));

  function changed(before: Buffer, { at, removed, put }: { at: number; removed: number; put: Buffer }): Buffer {
    const place = at % before.length;
    return Buffer.concat([before.subarray(0, place), put, before.subarray(place + removed)]);
  }

  it("come to the same, line by line and error by error", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => expectSame(rows)),
      { numRuns: 3000 },
    );
  }, 120_000);
});

it("usual-rows.program.ts is what usual-rows.as compiles to", async () => {
  expect(await readFile(pathOf(programs.usualRows.target), "utf8")).toBe(await compile(programs.usualRows));
}, 60_000);
