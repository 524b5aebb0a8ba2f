import { readFile } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BundleError } from "@/bundle";
import { plantedSecrets, seedInstallation, spelledSecretNames } from "@/seed";

import { allOptions, createInstallation, type Exported, type Installation } from "../support/backup";
import { readBundleFile, readEntries, type BundleFile } from "../support/backup/bundle-file";

const seed = "secrets";
let source: Installation;
let exported: Exported;
let bundle: BundleFile;
let entries: Map<string, Buffer>;

beforeAll(async () => {
  source = await createInstallation();
  await seedInstallation({ organizations: 3, assets: 200, vulnerabilities: 100, files: 40, seed }, source);
  exported = await source.exportWith(allOptions);
  bundle = await readBundleFile(exported.path);
  entries = await readEntries(exported.path);
});
afterAll(() => source.drop());

/** The names as the design lists them, in the form to which case and separators do not matter. */
const secretNames = [
  "password", "secret", "client_secret", "token", "access_token", "refresh_token", "api_key", "access_key", "secret_key",
  "private_key", "authorization", "cookie", "set-cookie", "bot_token",
];

describe("every planted secret", () => {
  test("is in the installation, and there are many", async () => {
    const secrets = plantedSecrets(seed);
    expect(secrets.length).toBeGreaterThan(1000);
    const text = await everythingInTheDatabase();
    expect(secrets.filter((secret) => !text.includes(secret))).toEqual([]);
  });

  test("is absent from every byte of every entry, stored files aside", () => {
    const secrets = plantedSecrets(seed);
    for (const [name, content] of entries) {
      if (name.startsWith("files/")) continue;
      const text = content.toString();
      expect(secrets.filter((secret) => text.includes(secret)), name).toEqual([]);
      expect(text, name).not.toContain("seed-secret-");
    }
  });

  test("is absent from names, and from the archive's own bytes outside the entries", async () => {
    const archive = await readFile(exported.path, "latin1");
    expect(archive).not.toContain("seed-secret-");
    expect([...entries.keys()].join()).not.toContain("seed-secret-");
  });
});

describe("values under names that carry secrets", () => {
  test("are null in the bundle at any depth, whatever the name's case and separators", () => {
    let seen = 0;
    for (const [table, rows] of bundle.tables) {
      for (const row of rows) {
        for (const [name, value] of membersOf(JSON.parse(row))) {
          if (!isSecret(name)) continue;
          seen++;
          expect(value, `${table}: ${name}`).toBeNull();
        }
      }
    }
    expect(seen).toBeGreaterThan(spelledSecretNames.length);
  });

  test("are counted per table and column, as PostgreSQL counts them", async () => {
    const { rows: columns } = await source.pool.query<{ table: string; column: string }>(
      `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'jsonb' AND table_name = ANY($1) ORDER BY 1, 2`,
      [[...bundle.tables.keys()]],
    );
    const expected: { table: string; column: string; count: number }[] = [];
    for (const { table, column } of columns) {
      const count = await countSecrets(table, column);
      if (count > 0) expected.push({ table, column, count });
    }
    expect(expected.length).toBeGreaterThan(10);
    const warned = bundle.manifest.warnings
      .filter(({ code, table }) => code === "secrets_removed" && table !== "settings")
      .map(({ table, column, count }) => ({ table, column, count }))
      .sort((left, right) => `${left.table}.${left.column}`.localeCompare(`${right.table}.${right.column}`));
    expect(warned).toEqual(expected);
  });

  test("leave every other value as it was", async () => {
    const { rows } = await source.pool.query<{ line: string }>(
      "SELECT row_to_json(odd)::text AS line FROM assets odd ORDER BY organization_id, id",
    );
    const texts = bundle.tables.get("assets") ?? [];
    const changed = rows.filter(({ line }, index) => line !== texts[index]);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(rows.length / 2);
    for (const [index, { line }] of rows.entries()) {
      expect(scrubbed(JSON.parse(line))).toEqual(JSON.parse(texts[index] ?? ""));
    }
  });
});

describe("settings", () => {
  test("marked secret, or named like a secret, are in the manifest in no form; they are counted", async () => {
    await source.pool.query("INSERT INTO settings (key, value, is_secret) VALUES ('proxy.password', '\"unmarked\"', false)");
    const { path } = await source.exportWith({ include_settings: true });
    const { manifest } = await readBundleFile(path);
    const { rows } = await source.pool.query<{ key: string }>("SELECT key FROM settings WHERE is_secret OR key = 'proxy.password'");
    for (const { key } of rows) expect(Object.keys(manifest.settings ?? {})).not.toContain(key);
    expect(manifest.warnings).toContainEqual(expect.objectContaining({ code: "secret_settings_left_out", count: rows.length }));
    for (const [name, value] of membersOf(manifest.settings)) if (isSecret(name)) expect(value, name).toBeNull();
  });
});

describe("rows at the limits of the format", () => {
  test("a secret beside megabytes of text", async () => {
    const plain = await createInstallation();
    try {
      await plain.pool.query("INSERT INTO organizations (name, slug, settings, created_by) VALUES ('', 'large', $1, $2)", [
        JSON.stringify({ body: "x".repeat(12_000_000), lines: "\n".repeat(500_000), token: "planted" }),
        plain.adminId,
      ]);
      const text = String((await readEntries(await plain.export())).get("data/organizations.json"));
      expect(text).not.toContain("planted");
      expect(text).toContain('"token": null');
      await plain.preview(await plain.export());
    } finally {
      await plain.drop();
    }
  });

  test.each([
    ["nested too deeply", `${"[".repeat(400)}${"]".repeat(400)}`, "nesting_too_deep"],
    ["nested too deeply, with a secret inside", `${"[".repeat(400)}{"token": 1}${"]".repeat(400)}`, "nesting_too_deep"],
    ["nested too deeply for its size", `${"[".repeat(200)}"${"x".repeat(400_000)}"${"]".repeat(200)}`, "nesting_too_deep"],
    ["too large", JSON.stringify("x".repeat(17_000_000)), "row_too_large"],
    ["of too many members", JSON.stringify(Object.fromEntries(Array.from({ length: 100_001 }, (_, index) => [index, 1]))), "row_invalid"],
  ])("a document that no bundle may hold ends the export and says which: %s", async (_name, document, code) => {
    const plain = await createInstallation();
    try {
      await plain.pool.query("INSERT INTO organizations (name, slug, settings, created_by) VALUES ('', 'odd', $1, $2)", [
        document,
        plain.adminId,
      ]);
      const error: unknown = await plain.export().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(BundleError);
      expect(error).toMatchObject({ code, entry: "data/organizations.json" });
    } finally {
      await plain.drop();
    }
  });
});

test("what can be exported can be opened: no depth between the two", async () => {
  const plain = await createInstallation();
  try {
    await plain.pool.query("INSERT INTO organizations (name, slug, created_by) VALUES ('', 'deep', $1)", [plain.adminId]);
    const depths: number[] = [];
    for (const depth of [253, 254, 255, 256, 257]) {
      for (const leaf of ["1", '{"token": 1}']) {
        await plain.pool.query("UPDATE organizations SET settings = $1", ["[".repeat(depth) + leaf + "]".repeat(depth)]);
        const exported = await plain.export().catch((error: unknown) => expect(error).toMatchObject({ code: "nesting_too_deep" }));
        if (typeof exported !== "string") continue;
        await plain.preview(exported);
        depths.push(depth);
      }
    }
    expect(depths.length).toBeGreaterThan(0);
    expect(Math.max(...depths)).toBeLessThan(257);
  } finally {
    await plain.drop();
  }
});

/** By PostgreSQL alone: members of every object at any depth under a secret's name that are not null. */
async function countSecrets(table: string, column: string): Promise<number> {
  // What is inside a secret is lost with it, so the walk does not go there.
  const { rows } = await source.pool.query<{ count: number }>(
    `WITH RECURSIVE walk (name, value) AS (
       SELECT NULL::text, "${column}" FROM "${table}"
       UNION ALL
       SELECT member.name, member.value FROM walk, LATERAL (
         SELECT key AS name, value FROM jsonb_each(CASE jsonb_typeof(walk.value) WHEN 'object' THEN walk.value END)
         UNION ALL
         SELECT NULL, value FROM jsonb_array_elements(CASE jsonb_typeof(walk.value) WHEN 'array' THEN walk.value END)
       ) member
       WHERE NOT coalesce(regexp_replace(lower(walk.name), '[^a-z0-9]', '', 'g') = ANY($1), false)
     )
     SELECT count(*)::int AS count FROM walk
     WHERE regexp_replace(lower(name), '[^a-z0-9]', '', 'g') = ANY($1) AND value <> 'null'`,
    [secretNames.map(bare)],
  );
  return rows[0]?.count ?? 0;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function isSecret(name: string): boolean {
  return secretNames.map(bare).includes(bare(name));
}

/** Name and value of every member of every object in a value. */
function* membersOf(value: unknown): Generator<[string, unknown]> {
  if (value === null || typeof value !== "object") return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield [name, inner];
    yield* membersOf(inner);
  }
}

function scrubbed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrubbed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, isSecret(name) ? null : scrubbed(inner)]));
}

async function everythingInTheDatabase(): Promise<string> {
  const { rows } = await source.pool.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const found = await source.pool.query<{ line: string }>(`SELECT row_to_json(odd)::text AS line FROM "${name}" odd`);
    texts.push(...found.rows.map(({ line }) => line));
  }
  return texts.join("\n");
}
