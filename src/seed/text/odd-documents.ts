import { ExactNumber, type Json, type JsonObject } from "./json";
import { oddTexts } from "./odd-texts";

const numbers: Json = {
  beyond_double: new ExactNumber("12345678901234567890.123456789"),
  tiny: new ExactNumber("1e-300"),
  huge: new ExactNumber("1e+300"),
  largest_bigint: new ExactNumber("9223372036854775807"),
  above_safe_integer: new ExactNumber("9007199254740993"),
  trailing_zeros: new ExactNumber("1.5000"),
  negative_zero: new ExactNumber("-0.0"),
  sum: 0.1 + 0.2,
};

/** JSON documents with every kind of value and name; the first holds all of them. */
export const oddDocuments: readonly [JsonObject, ...JsonObject[]] = [
  {
    numbers,
    nested: nested(12),
    nothing: null,
    empty: { object: {}, list: [], text: "" },
    // A computed name makes a member of its own where the plain one would set the prototype.
    names: { "": "no name", ["__proto__"]: { polluted: true }, constructor: "a name", "0": "digits", " spaced ": 1 },
    texts: Object.fromEntries(oddTexts.map((text, position) => [text.slice(0, 60), `${position} ${text}`])),
    list: [null, true, false, 0, -1.25, "", [], {}, [[[]]], ...oddTexts],
  },
  { numbers },
  { nested: nested(40) },
  { list: [[1, [2, [3, [4, { five: [null] }]]]], "a,b", 'c"d', "e\\f", "{g}"] },
  Object.fromEntries(oddTexts.map((text) => [text, null])),
];

/** Documents whose outermost value is no object, which jsonb allows as well. */
export const oddRoots: readonly [Json, ...Json[]] = [null, [], "a text\n\u2028", new ExactNumber("-1e-300"), true, {}];

function nested(levels: number): Json {
  return levels === 0 ? ["bottom", null] : { level: levels, next: nested(levels - 1) };
}
