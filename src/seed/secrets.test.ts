import { expect, test } from "vitest";
import { Source } from "./random";
import { everySecret, oneSecret, secretPlaces, secretsOf, spelledSecretNames } from "./secrets";
import { encodeJson } from "./text/json";

const source = new Source("secrets");

test("every name is spelled in several cases and with several separators", () => {
  const all = ["client_secret", "client-secret", "clientSecret", "ClientSecret", "CLIENT_SECRET", "Client Secret"];
  expect(spelledSecretNames).toEqual(expect.arrayContaining(all));
  expect(spelledSecretNames).toEqual(
    expect.arrayContaining(["password", "PASSWORD", "Set-Cookie", "bot.token", "apikey"]),
  );
});

test("a place's part of a document holds exactly its secrets, each under its name", () => {
  for (const place of secretPlaces) {
    const text = encodeJson(everySecret(source, place));
    for (const name of spelledSecretNames) expect(text).toContain(`${JSON.stringify(name)}:`);
    const found = text.match(/"seed-secret-[^"]+"|\b\d{15,}\b/g)?.map((match) => match.replaceAll('"', ""));
    expect(found?.toSorted()).toEqual(secretsOf(source, place).toSorted());
  }
});

test("no two places share a secret", () => {
  const all = secretPlaces.flatMap((place) => secretsOf(source, place));
  expect(new Set(all).size).toBe(all.length);
});

test("a single secret is one of the place's", () => {
  const known = secretsOf(source, "assets.metadata");
  for (let number = 0; number < 200; number++) {
    const text = encodeJson(oneSecret(source, "assets.metadata", number));
    expect(known.some((secret) => text.includes(secret))).toBe(true);
  }
});
