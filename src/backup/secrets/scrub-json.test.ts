import { describe, expect, it } from "vitest";

import { isSecretName, scrubJson } from ".";
import { mayHoldSecretName } from "./secret-names";

const documented = [
  "password", "secret", "client_secret", "token", "access_token", "refresh_token", "api_key", "access_key",
  "secret_key", "private_key", "authorization", "cookie", "set-cookie", "bot_token",
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
    expect(mayHoldSecretName.test(`{"${name}": 1}`)).toBe(true);
  });

  it.each(["title", "tokens_used", "keyboard", "cookie_count", "secretary", "max_tokens", "public_key"])(
    "lets %s go",
    (name) => expect(isSecretName(name)).toBe(false),
  );
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
