import fc from "fast-check";
import { expect, it } from "vitest";

import { RecordList } from "./record-list";
import { TextIndex } from "./text-index";
import { TextList } from "./text-list";

it("records stay what was written to them, over many pages", () => {
  const list = new RecordList(12);
  const at = (index: number) => list.pageOf(index).subarray(list.startOf(index), list.startOf(index) + 12);
  for (let index = 0; index < 20_000; index++) {
    expect(list.append()).toBe(index);
    at(index).writeUInt32LE(index, 8);
  }
  at(3).writeUInt32LE(77, 0);
  expect(list.length).toBe(20_000);
  for (let index = 0; index < 20_000; index++) expect(at(index).readUInt32LE(8)).toBe(index);
  expect(at(3)).toEqual(Buffer.from([77, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]));
  expect(() => list.pageOf(20_000)).toThrow(RangeError);
  expect(() => new RecordList(4).pageOf(0)).toThrow(RangeError);
});

it("texts of any length come back", () => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(4_000, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537, 200_000));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: "grapheme" }), lengths), { maxLength: 60 }), (parts) => {
      const texts = parts.map(([text, length]) => text + "x".repeat(length));
      const list = new TextList();
      expect(texts.map((text) => list.push(text))).toEqual([...texts.keys()]);
      expect(texts.map((_, number) => list.at(number))).toEqual(texts);
      expect(texts.map((_, number) => list.bytesOf(number))).toEqual(texts.map((text) => Buffer.byteLength(text)));
    }),
    { numRuns: 30, examples: [[[["", 0]]], [[["", 4_096], ["", 61_440], ["", 0]]]] },
  );
});

it("finds each of many texts, and no other", () => {
  const texts = new TextList();
  const index = new TextIndex((number) => texts.at(number));
  for (let number = 0; number < 50_000; number++) expect(index.add(`text ${number}`, texts.push(`text ${number}`))).toBeUndefined();
  expect(index.add("text 3", 50_000)).toBe(3);
  for (let number = 0; number < 50_000; number++) expect(index.find(`text ${number}`)).toBe(number);
  for (let number = 50_000; number < 100_000; number++) expect(index.find(`text ${number}`)).toBeUndefined();
  expect(new TextIndex(() => "").find("")).toBeUndefined();
});

it("takes for long texts no more than their bytes", () => {
  const texts = new TextList();
  const before = process.memoryUsage().arrayBuffers;
  for (let number = 0; number < 300; number++) texts.push("x".repeat(33_000));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300 * 33_000 + 128 * 1024);
});

it("takes little memory for many texts", () => {
  const texts = new TextList();
  const index = new TextIndex((number) => texts.at(number));
  const before = process.memoryUsage().arrayBuffers;
  const many = 70_000;
  for (let number = 0; number < many; number++) index.add(`files/${number}`, texts.push(`files/${number}`));
  // Also what the index grew out of and was not collected yet, as much again.
  const own = many * "files/12345".length;
  expect(process.memoryUsage().arrayBuffers - before - own).toBeLessThan(many * (8 + 2 * 24) + 128 * 1024);
});
