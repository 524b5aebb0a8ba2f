import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isSecretName } from ".";
import { findSecretName } from "./find-secret-name";
import { scrubJson } from "./scrub-json";

const documented = [
  "password", "secret", "client_secret", "token", "access_token", "refresh_token", "api_key", "access_key",
  "secret_key", "private_key", "authorization", "cookie", "set-cookie", "bot_token",
  "api_keys", "access_tokens", "private_key_pem", "token_hash", "ssh_key", "jwt",
];

function quickLook(json: string): boolean {
  const bytes = Buffer.from(json);
  return findSecretName(bytes, 0, bytes.length) !== -1;
}

/** With other bytes around the text, which are none of its business. */
function scrub(text: string): { text: string; removed: number } {
  const around = ['{"token": 1', '"token": 1}'] as const;
  const json = Buffer.from(around[0] + text + around[1]);
  const scrubbed = scrubJson(json, around[0].length, json.length - around[1].length);
  return scrubbed === null ? { text, removed: 0 } : { text: scrubbed.json.toString(), removed: scrubbed.removed };
}

const spellings = (name: string) => [
  name,
  name.toUpperCase(),
  name.replace(/[_-]/g, ""),
  name.replace(/[_-]/g, "-"),
  name.replace(/[_-]/g, " "),
  name.replace(/[_-]/g, "."),
  name.replace(/[_-](.)/g, (_, letter: string) => letter.toUpperCase()),
  `telegram_${name}`,
  `${name}_`,
];

describe("names that carry secrets", () => {
  it.each(documented.flatMap(spellings))("knows %s, and the quick look finds it", (name) => {
    expect(isSecretName(name)).toBe(true);
    expect(quickLook(`{"${name}": 1}`)).toBe(true);
  });

  it.each(["title", "tokens_used", "keyboard", "cookie_count", "secretary", "public_key"])(
    "lets %s go",
    (name) => expect(isSecretName(name)).toBe(false),
  );
});

describe("the quick look", () => {
  it.each(["pass_wd", "tok-en", "A P I K E Y", "token\n", "t\u0001oken", "t\u001foken", "p\\wd", 'to"ken', "\uff54\uff4f\uff4b\uff45\uff4e"])(
    "finds %j wherever isSecretName does",
    (name) => {
      expect(isSecretName(name)).toBe(true);
      expect(quickLook(JSON.stringify({ [name]: 1 }))).toBe(true);
    },
  );

  it("passes over rows without such names", () => {
    expect(quickLook('{"id":"token","keyboard":{"title":"a secret 日本","names":[]}}')).toBe(false);
  });

  it("keeps to the cell that it was shown", () => {
    const row = Buffer.from('{"token": 1}{"a": 1}{"token": 1}');
    expect(findSecretName(row, 12, 20)).toBe(-1);
    expect(findSecretName(row, 12, row.length)).toBe(28);
  });
});

describe("scrubJson", () => {
  it("makes values of every type null at any depth and counts them", () => {
    const text = '{"a": [{"token": "x"}, {"Api-Key": {"deep": [1, "}"]}}], "secret": [1, {"b": 2}], "password": 5.50, "n": 1.10}';
    expect(scrub(text)).toEqual({
      text: '{"a": [{"token": null}, {"Api-Key": null}], "secret": null, "password": null, "n": 1.10}',
      removed: 4,
    });
  });

  it.each(['{"a": "\\\\", "x": 5}', '{"p": "C:\\\\tmp\\\\", "os": 1}', '{"a": "\\\\", "1": [5]}'])("does not take a backslash before a name for one of its escapes: %s", (text) => {
    expect(scrub(text)).toEqual({ text, removed: 0 });
  });

  it("keeps every other byte: numbers, escapes, spaces, unicode", () => {
    const text = '{"big":  12345678901234567890.1234567890, "e":1e-300,"q":"\\"token\\": \\"x\\"", "日本": "token" }';
    expect(scrub(text)).toEqual({ text, removed: 0 });
  });

  it("takes strings of many megabytes and of nothing but escapes", () => {
    const text = `{"a": "${"x".repeat(15_000_000)}", "b": "${"\\\\".repeat(4_000_000)}", "token": "x"}`;
    expect(scrub(text)).toEqual({ text: text.replace(`"x"}`, "null}"), removed: 1 });
  });

  it("does not count what is null already", () => {
    expect(scrub('{"token": null}')).toEqual({ text: '{"token": null}', removed: 0 });
  });

  it("reads a name's escapes before it judges", () => {
    expect(scrub('{"tok\\u0065n": 1}')).toEqual({ text: '{"tok\\u0065n": null}', removed: 1 });
  });

  it("takes scalars and strings that look like members as they are", () => {
    for (const text of ["null", '"token"', '["token", "password"]', "3"]) expect(scrub(text)).toEqual({ text, removed: 0 });
  });

  it("does what its rule says, whatever the text", () => {
    const piece = fc.constantFrom('"', "\\", ":", '":', '\\":', ", ", "{", "}", "[", "]", "token", "Api-Key", "a", " ", "true", "é", "\u0001", "\uff54oken");
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    const scalar = fc.oneof(text, fc.constantFrom(null, true, 1.5, "", -2));
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof({ maxDepth: 4, depthSize: "small" }, scalar, fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(text, tie("value"), { maxKeys: 4 })),
    }));
    fc.assert(
      fc.property(value, (given) => {
        const expected = { text: "", removed: 0 };
        expected.text = asPostgres(given, (name, member) => {
          if (!isSecretName(name) || member === null) return member;
          expected.removed++;
          return null;
        });
        expect(scrub(asPostgres(given))).toEqual(expected);
      }),
      { numRuns: 5_000 },
    );
  });
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** JSON with the space that jsonb's text has, every member as `replace` has it. */
function asPostgres(value: Json, replace: (name: string, member: Json) => Json = (_, member) => member): string {
  if (Array.isArray(value)) return `[${value.map((element) => asPostgres(element, replace)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${asPostgres(replace(name, member), replace)}`);
  return `{${members.join(", ")}}`;
}
