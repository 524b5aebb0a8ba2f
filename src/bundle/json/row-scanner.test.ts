import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { RowScanner } from "./row-scanner";
import { RowSyntaxError } from "./strict-json";

const limits = { nesting: 8, row: 100_000, columns: 1_000, members: 100_000, nested: 100_000_000 };

function members(row: string | Buffer) {
  const bytes = Buffer.from(row);
  const scanner = new RowScanner(limits);
  scanner.scan(bytes);
  return Array.from({ length: scanner.count }, (_, index) => {
    const member = scanner.member(index);
    return [scanner.memberName(index), member.kind, bytes.toString("utf8", member.start, member.end)];
  });
}

describe("RowScanner", () => {
  it("finds every member, its kind and its very bytes", () => {
    expect(members(' {"a" : 1.50 , "b":"x\\n", "c":{"d":[1,2]},"e":[ ],"f":true,"g":false,"h":null,"é":-0e+1}\n')).toEqual([
      ["a", "number", "1.50"],
      ["b", "string", '"x\\n"'],
      ["c", "object", '{"d":[1,2]}'],
      ["e", "array", "[ ]"],
      ["f", "true", "true"],
      ["g", "false", "false"],
      ["h", "null", "null"],
      ["é", "number", "-0e+1"],
    ]);
    expect(members("{}")).toEqual([]);
    expect(members('{"__proto__":1,"constructor":2}')).toEqual([["__proto__", "number", "1"], ["constructor", "number", "2"]]);
  });

  it.each([
    ["", "must be an object"],
    ["[]", "must be an object"],
    ["null", "must be an object"],
    ["{}{}", "something follows"],
    ['{"a":1,}', "expected a string"],
    ['{"a" 1}', "expected a colon"],
    ['{"a":1 "b":2}', "expected a comma"],
    ['{"a":}', "expected a value"],
    ['{"a":01}', "expected a comma"],
    ['{"a":1.}', "expected a value"],
    ['{"a":.5}', "expected a value"],
    ['{"a":+1}', "expected a value"],
    ['{"a":1e}', "expected a value"],
    ['{"a":NaN}', "expected a value"],
    ['{"a":nul}', "expected a value"],
    ["{'a':1}", "expected a string"],
    ['{"a":"x', "does not end"],
    ['{"a":"\t"}', "control character"],
    ['{"a":"\\x"}', "unknown escape"],
    ['{"a":"\\u12g4"}', "unknown escape"],
    ['{"a":"\\u0000"}', "U+0000"],
    ['{"a":"\\ud800"}', "surrogate"],
    ['{"a":"\\udc00"}', "surrogate"],
    ['{"a":"\\ud800\\ud800"}', "surrogate"],
    ['{"a":"\\ud800x"}', "surrogate"],
    ['{"a":1,"a":2}', "appears twice"],
    ['{"a":1,"\\u0061":2}', "appears twice"],
    ['{"a":{"b":1,"c":{},"b":2}}', "appears twice"],
    ['{"a":[[[[[[[[1]]]]]]]]}', "nested deeper"],
    ["\u00a0{}", "must be an object"],
  ])("refuses %j: %s", (row, reason) => {
    expect(() => members(row)).toThrow(RowSyntaxError);
    expect(() => members(row)).toThrow(reason);
  });

  it("refuses more than a dozen names of which two are equal", () => {
    const names = [...Array(20).keys(), 7].map((key) => `"k${key}":1`).join(",");
    expect(() => members(`{"a":{${names}}}`)).toThrow("appears twice");
  });

  it("refuses a row that grows past the limit when its numbers and lists are written out again", () => {
    const small = new RowScanner({ ...limits, row: 1000 });
    for (const row of ['{"a":1e999}', '{"a":-1E-999}', `{"a":[${Array(400).fill(1).join(",")}]}`]) {
      expect(() => small.scan(Buffer.from(row))).toThrow("more than 1000 bytes");
    }
    small.scan(Buffer.from('{"a":1e900}'));
  });

  it("takes as many columns and members as the limits say, and no more", () => {
    const membersOf = (count: number) => `{${Array.from({ length: count }, (_, index) => `"m${index}":0`).join(",")}}`;
    const scanner = new RowScanner({ nesting: 8, row: 10_000, columns: 30, members: 50, nested: 10_000 });
    const scan = (row: string) => scanner.scan(Buffer.from(row));
    scan(membersOf(30));
    scan(`{"a":[${membersOf(50)},${membersOf(50)}]}`);
    expect(() => scan(membersOf(31))).toThrow(expect.objectContaining({ reason: "a row with more than 30 columns", limit: "members" }));
    expect(() => scan(`{"a":[${membersOf(51)}]}`)).toThrow(expect.objectContaining({ reason: "objects within each other with more than 50 members", limit: "members" }));
    expect(() => scan(`{"a":{"b":${membersOf(25)},"c":[{"d":${membersOf(48)}}]}}`)).toThrow("objects within each other");
    scan(`{"a":{"b":${membersOf(25)},"c":[{"d":${membersOf(47)}}]}}`);
  });

  it("weighs a row's values for every array and object that they stand in, as they are exported, and takes as much as the limits say", () => {
    const scanner = new RowScanner({ ...limits, nested: 160 });
    const scan = (row: string) => scanner.scan(Buffer.from(row));
    const limit = expect.objectContaining({ limit: "nesting", reason: expect.stringContaining("more than 160 bytes, 16 more for each value") as string });
    const nested = (inner: number) => `{"a":[[["${"x".repeat(inner)}"]]],"b":"${"y".repeat(100)}"}`;
    // Six, four and two brackets; one, two and three values; and three times the string with its quotes.
    scan(nested(15));
    expect(() => scan(nested(16))).toThrow(limit);
    expect(() => scan(nested(16).replaceAll("[", '{"":').replaceAll("]", "}"))).toThrow(limit);
    scan('{"a":[1,2,3,4],"b":{"c":1,"d":2}}');
    expect(() => scan('{"a":[1,2,3,4],"b":{"c":1,"d":2},"g":[1,2,3]}')).toThrow(limit);
    // Forty digits that an exponent stands for, twice, and sixty.
    scan('{"a":[[1e40]]}');
    expect(() => scan('{"a":[[1e60]]}')).toThrow(limit);
    scan(nested(15));
  });

  it("names a column that appears twice in few words, however long its name", () => {
    const scanner = new RowScanner({ ...limits, row: 10_000_000 });
    const name = "x".repeat(1_000_000);
    expect(() => scanner.scan(Buffer.from(`{"${name}":1,"${name}":2}`))).toThrow(/^the name "x{157}\.\.\." appears twice at byte \d+$/);
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => members(Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]))).toThrow("UTF-8");
  });

  it("says when the layout of rows changes, and only then", () => {
    const scanner = new RowScanner(limits);
    const layouts = ['{"a":1,"b":2}', '{"a":3,"b":4}', '{"b":1,"a":2}', '{"b":1}', '{"b":1}'].map((row) => {
      scanner.scan(Buffer.from(row));
      return scanner.layout;
    });
    expect(layouts).toEqual([1, 1, 2, 3, 3]);
  });

  it("agrees with JSON.parse on every object that JSON.stringify makes", () => {
    const anyValue = fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), anyValue), fc.nat(2), (row, indent) => {
        const text = JSON.stringify(row, null, indent);
        fc.pre(!text.includes("\\u0000"));
        const found = members(text);
        expect(Object.fromEntries(found.map(([name, , value]) => [name, JSON.parse(value ?? "")]))).toEqual(
          JSON.parse(text),
        );
      }),
      { examples: [[{ a: "\u2028\u{1f600}\\\"" }, 1]] },
    );
  });

  it("never takes what JSON.parse refuses", () => {
    const pieces = fc.constantFrom('"a"', '"', ":", ",", "{", "}", "[", "]", "1", "-", "0", ".", "e", "true", "null", "\\", "u0041", " ");
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = `{${parts.join("")}}`;
        let taken = true;
        try {
          members(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RowSyntaxError);
          taken = false;
        }
        if (taken) expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 5000 },
    );
  });
});
