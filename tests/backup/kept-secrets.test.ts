import { readFileSync } from "node:fs";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { createInstallation, type Installation } from "../support/backup";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";

let here: Installation;
beforeAll(async () => {
  here = await createInstallation();
});
beforeEach(() => here.clear());
afterAll(() => here.drop());

const settings = {
  theme: "dark",
  slack: { "Bot-Token": "xoxb-1", channel: "alerts", deeper: [{ api_key: "k0" }, { api_key: null, plain: null }] },
  hooks: [{ secret: "s0", url: "https://a.example" }, { secret: "s1", url: "https://b.example" }],
};

async function settingsHere(): Promise<unknown> {
  const { rows } = await here.pool.query("SELECT settings FROM organizations");
  return rows[0]?.settings;
}

test("a bundle merged back into where it came from takes no secret away, and changes nothing", async () => {
  await insertRows(here, { organizations: [sample.organizationRow(1, { settings })] });
  const bundle = await here.export();
  const { plan } = await here.import(bundle, "merge");
  expect(plan.tables["organizations"]).toMatchObject({ unchanged: 1, update: 0 });
  expect(await settingsHere()).toEqual(settings);
});

test.each(["merge", "overwrite_metadata_only"] as const)("%s brings every other value, and keeps secrets where they stand", async (mode) => {
  await insertRows(here, { organizations: [sample.organizationRow(1, { settings })] });
  const bundle = await here.export();
  const local = {
    theme: "light",
    slack: { "Bot-Token": "rotated", channel: "here", deeper: [{ api_key: "k9" }, { api_key: "k10", plain: 1 }] },
    hooks: [{ secret: "only one here", url: "https://c.example" }],
    only_here: true,
  };
  await here.pool.query("UPDATE organizations SET settings = $1", [JSON.stringify(local)]);
  await here.import(bundle, mode);
  expect(await settingsHere()).toEqual({
    theme: "dark",
    slack: { "Bot-Token": "rotated", channel: "alerts", deeper: [{ api_key: "k9" }, { api_key: "k10", plain: null }] },
    // As many hooks as the bundle has: which of them is the one that is here, nobody can tell.
    hooks: [{ secret: null, url: "https://a.example" }, { secret: null, url: "https://b.example" }],
  });
  const again = await here.import(bundle, mode);
  expect(again.plan.tables["organizations"]).toMatchObject({ unchanged: 1, update: 0 });
});

test("where the bundle says of no secret that it was taken out, null is a value", async () => {
  await insertRows(here, { organizations: [sample.organizationRow(1, { settings: { slack: { token: null } } })] });
  const bundle = await here.export();
  await here.pool.query("UPDATE organizations SET settings = $1", [JSON.stringify({ slack: { token: "here" } })]);
  await here.import(bundle, "merge");
  expect(await settingsHere()).toEqual({ slack: { token: null } });
});

test("a secret as deep as a bundle may nest is kept", async () => {
  // The row and the column's document are two levels.
  const nest = (value: unknown) => Array.from({ length: 127 }).reduce((inner) => ({ deeper: [inner] }), value);
  const deep = nest({ token: "at the bottom", n: 1 });
  await insertRows(here, { organizations: [sample.organizationRow(1, { settings: deep })] });
  const bundle = await here.export();
  await here.pool.query("UPDATE organizations SET settings = $1", [JSON.stringify(nest({ token: "at the bottom", n: 2 }))]);
  const { plan } = await here.import(bundle, "merge");
  expect(plan.tables["organizations"]).toMatchObject({ update: 1 });
  expect(await settingsHere()).toEqual(deep);
});

test.each<[string, (value: (index: number) => unknown) => unknown]>([
  ["an object", (value) => Object.fromEntries(Array.from({ length: 99_000 }, (_, index) => [`k${index}token`, value(index)]))],
  ["a list of objects", (value) => Array.from({ length: 99_000 }, (_, index) => ({ token: value(index) }))],
])("tens of thousands of secrets in %s are kept, within seconds", async (_name, make) => {
  await insertRows(here, { organizations: [sample.organizationRow(1, { name: "There", settings: make((index) => `s${index}`) as object })] });
  const bundle = await here.export();
  const rotated = make((index) => `rotated ${index}`);
  await here.pool.query("UPDATE organizations SET name = 'Here', settings = $1", [JSON.stringify(rotated)]);
  const startedAt = performance.now();
  const { plan } = await here.import(bundle, "merge");
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(plan.tables["organizations"]).toMatchObject({ update: 1 });
  expect(await settingsHere()).toEqual(rotated);
});

test.each<[string, number, unknown]>([
  ["a document of 250 kB 250 deep", 125, { text: "x".repeat(250_000) }],
  ["lists of objects 250 deep", 125, Array.from({ length: 3_200 }, (_, index) => ({ token: null, n: index }))],
  ["a document of 12 MB four deep", 1, { text: "x".repeat(12_000_000) }],
  ["short lists of numbers 250 deep", 125, Array.from({ length: 13_000 }, () => 0)],
  ["a list of nearly a million numbers four deep", 1, Array.from({ length: 850_000 }, () => 0)],
  ["a list of hundreds of thousands of objects", 1, Array.from({ length: 300_000 }, () => ({ "": 0 }))],
])("secrets are kept in bounded time and memory of PostgreSQL: %s", async (_name, lists, filling) => {
  const nest = (token: string) => Array.from({ length: lists }).reduce((inner) => ({ deeper: [inner] }), { token, filling });
  await insertRows(here, { organizations: [sample.organizationRow(1, { name: "There", settings: nest("secret") })] });
  const bundle = await here.export();
  await here.pool.query("UPDATE organizations SET name = 'Here', settings = $1", [JSON.stringify(nest("rotated"))]);
  const startedAt = performance.now();
  await here.import(bundle, "merge");
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(await settingsHere()).toEqual(nest("rotated"));
  if (process.platform !== "linux") return;
  // At most 750 were seen; four gigabytes where only bytes were limited.
  expect(await peakOfBackends()).toBeLessThan(1_000);
});

/** MiB, of the connections that the installation's pool holds, shared buffers counted. */
async function peakOfBackends(): Promise<number> {
  const { rows } = await here.pool.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'",
  );
  expect(rows).not.toEqual([]);
  const peaks = rows.map(({ pid }) => Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]));
  return Math.max(...peaks) / 1024;
}
