import { readFile } from "node:fs/promises";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compile, pathOf, programs } from "../../../scripts/support/compile-vectors.mjs";
import { PackRowsProgram } from "./pack-rows-program";

const unsuspicious = { bytes: 1000, openings: 8 };
const endOfStream = Buffer.from([0x03, 0x00]);
const block = 256 * 1024;

/** Whatever the text, in parts of any size, inflated by zlib again; and how many bytes it took. */
function packAndInflate(text: Buffer, partSize = text.length): { inflated: Buffer; packedSize: number } {
  const program = new PackRowsProgram(unsuspicious);
  const packed: Buffer[] = [];
  for (let taken = 0; taken < text.length; ) {
    const part = text.subarray(taken, taken + Math.min(partSize, program.room));
    program.put(part);
    taken += part.length;
    if (program.room === 0) packed.push(Buffer.from(program.pack().packed));
  }
  packed.push(Buffer.from(program.pack().packed));
  const all = Buffer.concat([...packed, endOfStream]);
  return { inflated: inflateRawSync(all), packedSize: all.length };
}

/** The same bytes every time, of so many kinds. */
function noise(length: number, kinds: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12_345;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = (state >>> 16) % kinds;
  }
  return bytes;
}

/**
 * Each of some kinds of byte 1.6 times as often as the one before: Huffman's codes for the rare ones would be longer than deflate's
 * may be. Noise stands between them, so that nothing is repeated.
 */
function fibonacci(kinds: number): Buffer {
  const counts = [1, 1];
  while (counts.length < kinds) counts.push((counts.at(-1) ?? 0) + (counts.at(-2) ?? 0));
  const rare = Buffer.concat(counts.map((count, kind) => Buffer.alloc(count, kind)));
  const between = noise(rare.length * 3, 200).map((kind) => kind + kinds);
  return Buffer.concat(Array.from(rare, (byte, at) => Buffer.from([byte, ...between.subarray(at * 3, at * 3 + 3)])));
}

const again = Buffer.from("what comes again, longer than any step");
const far = (distance: number) => {
  const between = noise(40_000, 200);
  return Buffer.concat([again.subarray(0, distance), between.subarray(0, Math.max(distance - again.length, 0)), again, between.subarray(between.length - 64)]);
};

describe("A text comes out of zlib as it was", () => {
  it.each([
    ["nothing", Buffer.alloc(0), 20],
    ["one byte", Buffer.from("x"), 20],
    ["one byte twenty times", Buffer.alloc(20, "x"), 40],
    ["one byte a million times", Buffer.alloc(1_000_000, "x"), 2_500],
    ["a whole block", Buffer.alloc(block, "0123456789"), 2_000],
    ["noise of every kind of byte", noise(block * 2 + 100, 256), block * 2 + 3_000],
    ["noise of two kinds", noise(100_000, 2), 40_000],
    ["kinds of very different frequency", fibonacci(22), block],
    ["one length of repetition, one distance", Buffer.from(`${"abcdefghij".repeat(2)}xyz`), 60],
    ["a repetition of the text's beginning behind what stands before it in memory", Buffer.concat([Buffer.from("what is repeated\0what is repeated"), noise(64, 200)]), 130],
    ["more than the text's room", noise(5 * block, 20), 5 * block],
    ...[257, 258, 259, 260, 261, 262, 515, 516, 517, 518, 519].map((length): [string, Buffer, number] => [`${length} times the same`, Buffer.concat([Buffer.alloc(length + 1, "x"), noise(100, 256)]), 400]),
    ...[16, 17, 128, 256, 257, 512, 32_767, 32_768, 32_769].map((distance): [string, Buffer, number] => [`a repetition ${distance} bytes before`, far(distance), distance + 500]),
  ])("%s", (_, text, mostBytes) => {
    const { inflated, packedSize } = packAndInflate(text);
    expect(inflated.equals(text)).toBe(true);
    expect(packedSize).toBeLessThanOrEqual(mostBytes);
  });

  it("a repetition is used from as far as it may lie, and no farther", () => {
    const size = (distance: number) => packAndInflate(far(distance)).packedSize - distance;
    expect(size(32_768)).toBeLessThan(size(32_769));
  });

  it("whatever it is, however it comes", () => {
    const piece = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom(',\n{"id":"', '","organization_id":"', "0123456789abcdef", "null"), fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.nat({ max: 700 })).map(([text, times]) => text.repeat(times)));
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join("")));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5_000 }), (given, partSize) => {
        expect(packAndInflate(given, partSize).inflated.equals(given)).toBe(true);
      }),
      { numRuns: 1_500 },
    );
  }, 60_000);

  it("of rows as exports write them, for as few bytes as zlib's first level", () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => `,\n{"id":"${noise(16, 256).toString("hex").slice(0, 24)}${(index * 7_919).toString(16).padStart(8, "0")}","type":"subdomain","value":"host-${index % 97}.example.com","confidence":${(index % 100) / 100},"created_at":"2026-01-${String((index % 28) + 1).padStart(2, "0")}T10:00:00.${index}+00:00"}`);
    const text = Buffer.from(rows.join(""));
    const { inflated, packedSize } = packAndInflate(text);
    expect(inflated.equals(text)).toBe(true);
    expect(packedSize).toBeLessThan(deflateRawSync(text, { level: 1 }).length * 1.05);
  });
});

describe("Rows are told to be", () => {
  const usual = ',\n{"a":[1,{"b":"c"}]}';
  const putIn = (rows: Buffer, partSize: number) => {
    const program = new PackRowsProgram(unsuspicious);
    program.beginRows();
    let isUsual = true;
    for (let taken = 0; taken < rows.length; taken += partSize) isUsual = program.put(rows.subarray(taken, taken + partSize)) && isUsual;
    return { isUsual, rows: program.rows };
  };

  it.each([1, 2, 100])("usual, and %s of them", (count) => {
    const rows = Buffer.from(usual.repeat(count));
    expect(putIn(rows, rows.length)).toEqual({ isUsual: true, rows: count });
  });

  const row = (length: number) => `,\n{"a":"${"x".repeat(length - 8)}"}`;
  const deep = (openings: number) => `,\n{"a":${"[".repeat(openings - 1)}${"]".repeat(openings - 1)}}`;
  it.each([
    ["as long as may be", row(996), true],
    ["too long", row(1_002), false],
    ["as deep as may be", deep(8), true],
    ["too deep", deep(9), false],
    ["without a comma", usual.replace(",", " "), false],
    ["no objects", usual.replace("{", "["), false],
  ])("%s, wherever one stands and however they come", (_, odd, isUsual) => {
    for (const [before, behind] of [[0, 0], [3, 0], [0, 3], [5, 5]] as const) {
      // Not the first: what stands before that is not known here.
      const rows = Buffer.from(usual + usual.repeat(before) + odd + usual.repeat(behind));
      for (const partSize of [rows.length, 64, 17, 16, 15]) {
        const found = putIn(rows, partSize);
        expect(found.rows).toBe(2 + before + behind);
        // Where a part ends at a row's newline, whoever asks has to look.
        const isCut = Array.from(rows.entries()).some(([at, byte]) => byte === 0x0a && (at + 1) % partSize === 0);
        if (!isUsual || !isCut) expect(found.isUsual, `${before} before, ${behind} behind, parts of ${partSize}`).toBe(isUsual);
      }
    }
  });
});

it("pack-rows.program.ts is what pack-rows.as compiles to", async () => {
  expect(await readFile(pathOf(programs.packRows.target), "utf8")).toBe(await compile(programs.packRows));
}, 60_000);
