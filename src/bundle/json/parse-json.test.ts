import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonError, parseJson, type Taker } from "./parse-json";

const limits = { nesting: 20, values: 1000 };
const parse = (text: string | Buffer, within = limits, taker: Taker | null = null, pieceBytes = 100_000) =>
  parseJson(inPieces(Buffer.from(text), pieceBytes), within, taker);

/** Each in the same memory. */
async function* inPieces(text: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  const room = Buffer.alloc(pieceBytes);
  for (let start = 0; start < text.length; start += pieceBytes) yield room.subarray(0, text.copy(room, 0, start, start + pieceBytes));
}

describe("parseJson", () => {
  it("reads what JSON.parse reads", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4, stringUnit: "grapheme" }), fc.integer({ min: 0, max: 3 }), async (text, indent) => {
        const laidOut = JSON.stringify(JSON.parse(text), null, indent);
        expect(await parse(laidOut)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("reads the same, and refuses the same, in pieces of any size", async () => {
    const texts = fc.oneof(
      fc.json({ maxDepth: 4, stringUnit: "grapheme" }),
      fc.json({ maxDepth: 3, stringUnit: "grapheme" }).map((text) => text.slice(0, -1)),
      fc.json({ maxDepth: 3 }).chain((text) => fc.nat(text.length).map((at) => `${text.slice(0, at)}"${text.slice(at)}`)),
      fc.string().map((text) => JSON.stringify({ [text]: `${text}\\"\u00e9` }).replaceAll("a", "\\u0061")),
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 1_500 }), async (text, pieceBytes, spaces) => {
        const padded = " ".repeat(spaces) + text + " ".repeat(1_500 - spaces);
        const outcome = (within: Promise<unknown>) => within.catch((error: unknown) => (error instanceof JsonError ? error.message : Promise.reject(new Error("no JsonError"))));
        expect(await outcome(parse(padded, limits, null, pieceBytes))).toEqual(await outcome(parse(padded)));
      }),
    );
  });

  it("reads the text to its end, so that what is wrong with that is told first", async () => {
    const damaged = async function* () {
      yield Buffer.from("no JSON".repeat(1_000));
      await Promise.reject(new Error("damaged"));
    };
    await expect(parseJson(damaged(), limits)).rejects.toThrow("damaged");
  });

  it.each(["0", "-0", "1.5e3", "-12E-2", "true", "false", "null", '""', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', '"\\ud83d\\ude00"', '"é😀"'])(
    "reads %s",
    async (text) => {
      expect(await parse(text)).toEqual(JSON.parse(text));
    },
  );

  it.each([
    "", " ", "nul", "NaN", "Infinity", "01", "1.", ".5", "+1", "1e", "0x1", "-", "--1", "1 2", "tru", "truex", "'a'", "undefined",
    "[", "]", "[1,]", "[,1]", "[1 2]", "[1}", "{", '{"a"}', '{"a":}', '{"a":1,}', '{,"a":1}', "{a:1}", "{'a\":1}", "{1\":1}", '{"a":1 "b":2}', '{"a":1]', "{}{}",
    '"a', '"\\', '"\\x"', '"\\u12"', '"\\u12g4"', '"a\nb"', '"a\tb"', '"\\u0000"', '"\\ud800"', '"\\ude00\\ud83d"', "1e999", "\uFEFF1",
    "// a\n1", "[1]/**/", '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"__proto__":1,"__proto__":2}',
  ])("refuses %j", async (text) => {
    await expect(parse(text)).rejects.toThrow(JsonError);
    await expect(parse(text)).rejects.toMatchObject({ reason: "syntax" });
  });

  it.each([[[0x22, 0xff, 0x22]], [[0x22, 0xc0, 0x80, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]]])("refuses bytes %j", async (bytes) => {
    await expect(parse(Buffer.from(bytes))).rejects.toMatchObject({ reason: "syntax" });
  });

  it("takes __proto__ for a key like any other", async () => {
    const value = await parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}');
    expect(Object.keys(value ?? {})).toEqual(["__proto__", "constructor", "toString"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value).not.toHaveProperty("polluted");
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":1},"constructor":2,"toString":3}');
  });

  it("bounds depth and number of values", async () => {
    const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    await expect(parse(nested(20))).resolves.toBeDefined();
    await expect(parse(nested(21))).rejects.toMatchObject({ reason: "nesting" });
    await expect(parse(`${'{"a":'.repeat(20)}{}${"}".repeat(20)}`)).rejects.toMatchObject({ reason: "nesting" });
    await expect(parse(JSON.stringify(new Array(999).fill([])))).resolves.toHaveLength(999);
    await expect(parse(JSON.stringify(new Array(1000).fill([])))).rejects.toMatchObject({ reason: "values" });
  });

  it("hands the items of one list over and holds none", async () => {
    const items: unknown[] = [];
    const text = '{"files":[{"files":[1]},[2],3],"other":{"files":[4]},"more":[5]}';
    const value = await parse(text, limits, { kind: "items", member: "files", take: (item) => items.push(item) });
    expect(items).toEqual([{ files: [1] }, [2], 3]);
    expect(value).toEqual({ files: [], other: { files: [4] }, more: [5] });
    expect(await parse('[["a"]]', limits, { kind: "items", member: "files", take: () => expect.fail() })).toEqual([["a"]]);
  });

  it("hands the outermost members over and holds none, and knows which came before", async () => {
    const taken = new Map<string, unknown>();
    const taker: Taker = { kind: "members", has: (name) => taken.has(name), take: (name, value) => void taken.set(name, value) };
    expect(await parse('{"a":{"a":1},"__proto__":[2]}', limits, taker)).toEqual({});
    expect([...taken]).toEqual([["a", { a: 1 }], ["__proto__", [2]]]);
    await expect(parse('{"a":1}', limits, taker)).rejects.toMatchObject({ reason: "syntax" });
  });

  it("takes a string of millions of escapes at the memory of its bytes, and soon", async () => {
    const text = `{"format":"${"\\n".repeat(16_000_000)}"}`;
    const startedAt = performance.now();
    const heapBefore = process.memoryUsage().heapUsed;
    expect(await parse(text)).toEqual({ format: "\n".repeat(16_000_000) });
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(200 * 1024 * 1024);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it("takes numbers of a thousand characters, and refuses those of millions at once", async () => {
    expect(await parse(`[0.${"1".repeat(998)}]`)).toEqual([1 / 9]);
    const startedAt = performance.now();
    await expect(parse(`[1.${"0".repeat(30_000_000)}]`)).rejects.toMatchObject({ reason: "syntax", message: "it has a number of more than 1000 characters at byte 1" });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it("lets the event loop go on during a long text", async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    await parse(JSON.stringify(new Array(100_000).fill("some text of a few bytes")), { nesting: 2, values: 200_000 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});
