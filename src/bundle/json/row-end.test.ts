import { readFile } from "node:fs/promises";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compile, programs } from "../../../scripts/support/compile-vectors.mjs";
import { rowEnds, type RowPlace } from "./row-end";

const opening = Buffer.from("{[");
const closing = Buffer.from("}]");
const [quote = 0, backslash = 0] = Buffer.from('"\\');

/** What row-end.as says, one byte after the other. */
function findRowEnd(text: Buffer, place: RowPlace, from: number, deepest: number): number {
  for (let position = from; position < text.length; position++) {
    const byte = text[position] ?? 0;
    if (place.afterBackslash) place.afterBackslash = false;
    else if (byte === quote) place.inString = !place.inString;
    else if (place.inString) place.afterBackslash = byte === backslash;
    else if (opening.includes(byte)) place.depth += 1;
    else if (closing.includes(byte)) place.depth -= 1;
    if (place.depth === 0 || place.depth > deepest) return position + 1;
  }
  return text.length;
}

type Found = RowPlace & { position: number };

/** Every end in texts that follow one another, each end the beginning of another row. */
function endsIn(texts: readonly Buffer[], deepest: number, find: (text: Buffer, place: RowPlace, from: number) => number): Found[] {
  const place: RowPlace = { depth: 1, inString: false, afterBackslash: false };
  const found: Found[] = [];
  for (const text of texts) {
    for (let position = 0; position < text.length; ) {
      position = find(text, place, position);
      found.push({ ...place, position });
      if (place.depth === 0 || place.depth > deepest) place.depth = 1;
    }
  }
  return found;
}

function vectors(text: Buffer, place: RowPlace, from: number, deepest: number): number {
  if (from === 0) rowEnds().load(text);
  return rowEnds().find(place, from, text.length, deepest);
}

// Long runs of one kind reach over blocks of 32 bytes; backslashes and quotes fall on every place in them.
const piece = fc.oneof(
  fc.constantFrom('"', '"', "\\", "\\", '\\"', "\\\\", "{", "}", "[", "]", ",", '{"a":"', '"}', "Z", "z", "|", "\0"),
  fc.integer({ min: 1, max: 70 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 1, max: 70 }).map((length) => "\\".repeat(length)),
);
const bytes = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(""))),
  fc.uint8Array({ maxLength: 300 }).map((any) => Buffer.from(any)),
);

describe("a row's end", () => {
  it("is where looking at one byte after the other finds it, however the text is cut", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), fc.integer({ min: 1, max: 5 }), (texts, deepest) => {
        expect(endsIn(texts, deepest, (...place) => vectors(...place, deepest))).toEqual(
          endsIn(texts, deepest, (...place) => findRowEnd(...place, deepest)),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it("does not depend on what a longer text left behind", () => {
    const place: RowPlace = { depth: 1, inString: false, afterBackslash: false };
    rowEnds().load(Buffer.alloc(100, "}"));
    rowEnds().load(Buffer.from("xx"));
    expect(rowEnds().find(place, 0, 2, 5)).toBe(2);
    expect(place).toEqual({ depth: 1, inString: false, afterBackslash: false });
  });
});

it("row-end.program.ts is what row-end.as compiles to", async () => {
  expect(await readFile(new URL("row-end.program.ts", import.meta.url), "utf8")).toBe(await compile(programs.rowEnd));
});
