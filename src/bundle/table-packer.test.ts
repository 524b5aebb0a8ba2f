import { createHash } from "node:crypto";
import { crc32, inflateRawSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { TablePacker } from "./table-packer";

/** The packed file and what the packer says of it, of rows that come so many at a time. */
function pack(rows: readonly string[], atOnce: number) {
  const packer = new TablePacker("assets");
  const packed: Buffer[] = [];
  for (let row = 0; row < rows.length; row += atOnce) {
    packed.push(...packer.push(Buffer.from(rows.slice(row, row + atOnce).map((text) => `,\n${text}`).join(""))));
  }
  packed.push(...packer.end());
  return { packed: Buffer.concat(packed), table: packer.table };
}

const fileOf = (rows: readonly string[]) => Buffer.from(rows.length === 0 ? "[]\n" : `[\n${rows.join(",\n")}\n]\n`);
const many = (count: number, length: number) => Array.from({ length: count }, (_, index) => `{"a":${index},"b":"${String(index * 7919).repeat(length)}"}`);

describe("A table's data file", () => {
  it.each([
    ["no rows", []],
    ["one row", ['{"a":1}']],
    ["many rows", many(5_000, 40)],
    ["rows of 300 kB", many(4, 60_000)],
    ["rows that deflate to less than a reader takes", Array.from({ length: 40_000 }, () => `{"a":"${" ".repeat(50)}"}`)],
    // With "[" in front and "\n]\n" behind, these end just before, at and behind the end of a block.
    ...[-4, -3, -2, -1, 0, 1].map((more): [string, string[]] => [`a block and ${more} bytes`, [`{"a":"${"xy".repeat(13_000)}"}`, ...blockWith(more)]]),
  ])("holds %s", (_, rows) => {
    const file = fileOf(rows);
    const { packed, table } = pack(rows, 7);
    expect(inflateRawSync(packed).equals(file)).toBe(true);
    expect(table).toEqual({ rows: rows.length, size: file.length, crc32: crc32(file), sha256: createHash("sha256").update(file).digest("hex") });
    expect(file.length / packed.length).toBeLessThanOrEqual(101);
  });

  it("has the same bytes however its rows come", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 200 }), (count, atOnce) => {
        const rows = many(count, 30);
        expect(pack(rows, atOnce).packed.equals(pack(rows, count).packed)).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("has the same bytes whatever was packed before it", () => {
    const first = pack(many(3_000, 30), 100).packed;
    pack(many(9_000, 17).reverse(), 50);
    expect(pack(many(3_000, 30), 100).packed.equals(first)).toBe(true);
  });

  it("comes in buffers to themselves, which can be moved to another thread", () => {
    const packer = new TablePacker("assets");
    const packed = [...packer.push(Buffer.from(`,\n${many(20_000, 40).join(",\n")}`)), ...packer.end()];
    expect(packed.length).toBeGreaterThan(3);
    for (const { length, buffer } of packed) expect(buffer.byteLength).toBe(length);
  });

  it("tells nothing before its end, and takes nothing behind it", () => {
    const packer = new TablePacker("assets");
    expect(() => packer.table).toThrow("has not ended");
    packer.end();
    expect(() => packer.push(Buffer.from(",\n{}"))).toThrow("has ended");
    expect(() => packer.end()).toThrow("has ended");
  });
});

/** Rows that fill the rest of a block of 256 KiB but for what stands around them, and so many bytes more. */
function blockWith(more: number): string[] {
  const around = "[".length + '\n{"a":""}'.length + 26_000 + ',\n{"a":""}'.length;
  const rest = 256 * 1024 - around + more;
  const row = 20_000;
  const rows = Array.from({ length: Math.floor(rest / (row + ',\n{"a":""}'.length)) }, () => `{"a":"${"z".repeat(row)}"}`);
  const left = rest - rows.length * (row + ',\n{"a":""}'.length);
  return [...rows, `{"a":"${"w".repeat(left)}"}`];
}

describe("A row that a reader would refuse", () => {
  const deep = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
  it.each([
    ["too deep", deep(257), "nesting_too_deep"],
    ["too long", `{"a":"${"x".repeat(16 * 1024 * 1024)}"}`, "row_too_large"],
    ["of too many members", `{"a":{${Array.from({ length: 100_001 }, (_, index) => `"${index}":0`).join(",")}}}`, "row_invalid"],
  ])("is found: %s", (_, row, code) => {
    expect(() => pack([...many(10, 3), row, ...many(10, 3)], 4)).toThrow(expect.objectContaining({ code, entry: "data/assets.json", row: 10 }) as Error);
  });

  it("is none where it is as deep as may be, or has as many brackets in its strings", () => {
    for (const row of [deep(256), `{"a":"${"[".repeat(300)}"}`, `{"a":"${"x".repeat(100_000)}"}`]) expect(pack([row], 1).table.rows).toBe(1);
  });
});
