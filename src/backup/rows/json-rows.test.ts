import { readFile } from "node:fs/promises";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compile, programs } from "../../../scripts/support/compile-vectors.mjs";
import { isSecretName, SecretScrubber, secretNameEnds } from "../secrets";
import { findSecretName } from "../secrets/find-secret-name";
import type { Column } from "../tables";
import { JsonRows, type Scrub } from "./json-rows";
import { withJsonRowsProgram } from "./json-rows-program";

const jsonColumn: Column = { type: { kind: "json" }, nullable: true, role: "data", references: null, user: null };
const columns = { a: jsonColumn, b: jsonColumn };

function written(rows: JsonRows, lines: Buffer): { json: Buffer; count: number } {
  const parts: Buffer[] = [];
  const count = rows.write(lines, (json) => parts.push(Buffer.concat(json)));
  return { json: Buffer.concat(parts), count };
}

/** A line of COPY's text format for each row of JSON texts. */
function linesOf(rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from(rows.map((cells) => `${cells.map((cell) => cell.replaceAll("\\", "\\\\")).join("\t")}\n`).join(""));
}

// As jsonb writes it, or not: whatever stands in a cell, both must see the same.
const piece = fc.oneof(
  fc.constantFrom('"', "\\", ":", '":', '": ', '\\":', ", ", "{", "}", "token", "Api-Key", "_ms", "record", "version", "k", "s", "é", "\\u0065n", "7", "x".repeat(13)),
  fc.constantFrom(...["jwt", "PASS WD", "set-cookie", "accessKeyId", "a_p_i_k_e_y_s"].map((name) => `{"${name}": 1}`)),
);
const cell = fc.array(piece, { maxLength: 12 }).map((pieces) => `"":${pieces.join("")}`);
const rows = fc.array(fc.tuple(cell, cell), { maxLength: 30 });

describe("JSON values that may hold secrets", () => {
  it("are those in which findSecretName finds a name, and no others", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const asked: string[] = [];
        const scrub: Scrub = (column, bytes, start, end) => (asked.push(`${column} ${bytes.toString("utf8", start, end)}`), null);
        written(new JsonRows(columns, scrub, secretNameEnds), linesOf(given));
        const expected = given.flatMap(([a, b]) => [`a ${a}`, `b ${b}`]).filter((text) => {
          const bytes = Buffer.from(text);
          return findSecretName(bytes, 2, bytes.length) !== -1;
        });
        expect(asked).toEqual(expected);
      }),
      { numRuns: 5_000 },
    );
  });

  it("lose them, and nothing else", () => {
    const name = fc.oneof(fc.constantFrom("os", "x", "1", "token", "Api-Key", "a\\", 'to"ken', "\uff54oken", "\ttoken", "key", ""), fc.string({ maxLength: 4 }));
    const text = fc.constantFrom("C:\\tmp\\", "\\", "", '"', '\\"', '": ', "x".repeat(15), "é");
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text, name), { maxLength: 6 }), (given) => {
        const member = (of: string, value: string, isRemoved: boolean) => `${JSON.stringify(of)}: ${isRemoved ? "null" : value}`;
        const asJson = (isRemoved: (of: string) => boolean) =>
          `{${given.map(([first, value, second]) => `${member(first, JSON.stringify(value), isRemoved(first))}, ${member(second, "7", isRemoved(second))}`).join(", ")}}`;
        const scrubber = new SecretScrubber();
        const { json } = written(new JsonRows(columns, (...value) => scrubber.scrub(...value), secretNameEnds), linesOf([[asJson(() => false), "1"]]));
        expect(json.toString()).toBe(`,\n{"a":${asJson(isSecretName)},"b":1}`);
      }),
      { numRuns: 5_000 },
    );
  });

  it("are all found and scrubbed where there are more of them than are noted at a time", () => {
    const scrubber = new SecretScrubber();
    // Shorter than the notes of them, which would otherwise run into lines that are still to be read.
    const given = Array.from({ length: 60_000 }, (_, index) => ['{"pwd":1}', `{"jwt":${index % 10}}`]);
    const { json, count } = written(new JsonRows(columns, (...value) => scrubber.scrub(...value), secretNameEnds), linesOf(given));
    expect(json.equals(Buffer.from(',\n{"a":{"pwd":null},"b":{"jwt":null}}'.repeat(60_000)))).toBe(true);
    expect(count).toBe(60_000);
    expect([...scrubber.takeRemoved()]).toEqual([["a", 60_000], ["b", 60_000]]);
  });
});

describe("lines of any size", () => {
  it("become rows, one after the other, and so do those after a row of megabytes", () => {
    const rowsOf = new JsonRows({ a: { ...jsonColumn, type: { kind: "text", notEmpty: false, maxBytes: null } } }, () => null, secretNameEnds);
    for (const length of [1, 300_000, 9_000_000, 1, 300_000]) {
      // A control character takes six times its room.
      const { json, count } = written(rowsOf, Buffer.from(`${"\x01".repeat(length)}\n${"y".repeat(length)}\n`));
      expect(count).toBe(2);
      expect(json.equals(Buffer.from(`,\n{"a":"${"\\u0001".repeat(length)}"},\n{"a":"${"y".repeat(length)}"}`))).toBe(true);
    }
    // The memory that this took is not kept for others.
    written(rowsOf, Buffer.from(`${"y".repeat(9_000_000)}\n`));
    expect(withJsonRowsProgram(({ isLarge }) => isLarge)).toBe(false);
  });

  it("that are nothing that COPY writes are refused or become something, and nothing else happens", () => {
    const kinds: Column["type"][] = [{ kind: "uuid" }, { kind: "timestamp" }, { kind: "boolean" }, { kind: "json" }, { kind: "text_list" }, { kind: "bigint", minimum: 0n, maximum: 0n }];
    const every = Object.fromEntries(kinds.map((type) => [type.kind, { ...jsonColumn, type }]));
    const odd = fc.constantFrom("\t", "\t", "\t", "\n", "\\", "\\N", '"', "{", "}", ",", "[", "=", "+", "-", " ", "t", "7", "x".repeat(20), '":', "\0");
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 60 }), (pieces) => {
        const lines = Buffer.from(`${pieces.join("")}\n`);
        try {
          expect(written(new JsonRows(every, () => null, secretNameEnds), lines).count).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toEqual(new Error("A row is not what its columns say"));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("none at all are no rows", () => {
    const { json, count } = written(new JsonRows(columns, () => null, secretNameEnds), Buffer.alloc(0));
    expect([json.length, count]).toEqual([0, 0]);
  });
});

it("json-rows.program.ts is what json-rows.as compiles to", async () => {
  expect(await readFile(new URL("json-rows.program.ts", import.meta.url), "utf8")).toBe(await compile(programs.jsonRows));
});
