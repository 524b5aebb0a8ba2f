import { describe, expect, it } from "vitest";

import { isSecretName, scrubJson } from ".";
import { findSecretName } from "./find-secret-name";

const documented = [
  "password", "secret", "client_secret", "token", "access_token", "refresh_token", "api_key", "access_key",
  "secret_key", "private_key", "authorization", "cookie", "set-cookie", "bot_token",
  "api_keys", "access_tokens", "private_key_pem", "token_hash", "ssh_key", "jwt",
];

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
    expect(findSecretName(Buffer.from(`{"${name}": 1}`), 0)).not.toBe(-1);
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
      const line = Buffer.from(`{"id":"x","metadata":${JSON.stringify({ [name]: 1 })}}`);
      expect(isSecretName(name)).toBe(true);
      expect(findSecretName(line, 0)).not.toBe(-1);
    },
  );

  it("passes over rows without such names", () => {
    expect(findSecretName(Buffer.from('{"id":"token","keyboard":{"title":"a secret 日本","names":[]}}'), 0)).toBe(-1);
  });
});

describe("scrubJson", () => {
  it("makes values of every type null at any depth and counts them", () => {
    const text = '{"a": [{"token": "x"}, {"Api-Key": {"deep": [1, "}"]}}], "secret": [1, {"b": 2}], "password": 5.50, "n": 1.10}';
    expect(scrubJson(text)).toEqual({
      text: '{"a": [{"token": null}, {"Api-Key": null}], "secret": null, "password": null, "n": 1.10}',
      removed: 4,
    });
  });

  it("keeps every other byte: numbers, escapes, spaces, unicode", () => {
    const text = '{"big":  12345678901234567890.1234567890, "e":1e-300,"q":"\\"token\\": \\"x\\"", "日本": "token" }';
    expect(scrubJson(text)).toEqual({ text, removed: 0 });
  });

  it("takes strings of many megabytes and of nothing but escapes", () => {
    const text = `{"a": "${"x".repeat(15_000_000)}", "b": "${"\\\\".repeat(4_000_000)}", "token": "x"}`;
    expect(scrubJson(text)).toEqual({ text: text.replace(`"x"}`, "null}"), removed: 1 });
  });

  it("does not count what is null already", () => {
    expect(scrubJson('{"token": null}')).toEqual({ text: '{"token": null}', removed: 0 });
  });

  it("reads a name's escapes before it judges", () => {
    expect(scrubJson('{"tok\\u0065n": 1}')).toEqual({ text: '{"tok\\u0065n": null}', removed: 1 });
  });

  it("takes scalars and strings that look like members as they are", () => {
    for (const text of ["null", '"token"', '["token", "password"]', "3"]) expect(scrubJson(text)).toEqual({ text, removed: 0 });
  });
});
