import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { verify } from "@node-rs/argon2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plantedSecrets, seededMember, seedInstallation, type SeedSummary } from "@/seed";
import { createLocalObjectStore, type ObjectStore } from "@/storage";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { columnsWhere, countOf, digests, keysIn, smallest, tableNames } from "./facts";

let database: TestDatabase;
let folder: string;
let objects: ObjectStore;
let summary: SeedSummary;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "seed-test-"));
  objects = createLocalObjectStore({ directory: path.join(folder, "objects") });
  summary = await seedInstallation(smallest, { pool: database.pool, objects });
});

afterAll(async () => {
  await objects.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe("the smallest full inventory", () => {
  test("has rows in every table, and says how many", async () => {
    for (const table of await tableNames(database.pool)) {
      const count = await countOf(database.pool, `"${table}"`);
      // The record of exports and imports is not the seed's to write.
      if (table.startsWith("backup_")) expect(count, table).toBe(0);
      else expect(count, table).toBeGreaterThan(0);
      expect(summary.rows[table] ?? 0, table).toBe(count);
    }
    expect(summary.rows).toMatchObject({ organizations: 2, assets: 200, vulnerabilities: 100, files: 40 });
  });

  test("has every value of every enum", async () => {
    const columns = await columnsWhere(database.pool, "data_type = 'USER-DEFINED'");
    expect(columns.length).toBeGreaterThan(15);
    for (const { table, column, type } of columns) {
      const { rows } = await database.pool.query<{ missing: string[] }>(
        `SELECT array(SELECT possible::text FROM unnest(enum_range(NULL::"${type}")) possible
                      WHERE possible NOT IN (SELECT "${column}" FROM "${table}")) AS missing`,
      );
      expect(rows[0]?.missing, `${table}.${column}`).toEqual([]);
    }
  });

  test("has a null and a value in every column that allows null", async () => {
    const columns = await columnsWhere(database.pool, "is_nullable = 'YES'");
    expect(columns.length).toBeGreaterThan(25);
    for (const { table, column } of columns) {
      expect(
        await countOf(database.pool, `"${table}" WHERE "${column}" IS NULL`),
        `${table}.${column} null`,
      ).toBeGreaterThan(0);
      expect(
        await countOf(database.pool, `"${table}" WHERE "${column}" IS NOT NULL`),
        `${table}.${column}`,
      ).toBeGreaterThan(0);
    }
  });

  test.each([
    ["the largest bigint", "scan_jobs WHERE bytes_processed = 9223372036854775807"],
    ["microseconds", "assets WHERE extract(microseconds FROM created_at)::bigint % 1000 <> 0"],
    ["numbers that no double holds", "assets WHERE metadata::text LIKE '%12345678901234567890.123456789%'"],
    ["a sum of doubles", "assets WHERE confidence = 0.1::float8 + 0.2::float8"],
    ["a negative zero", "assets WHERE confidence::text = '-0'"],
    ["a JSON null as a whole column", "exposure_changes WHERE old_value = 'null'"],
    ["metadata that is no object", "assets WHERE jsonb_typeof(metadata) <> 'object'"],
    ["an empty array", "assets WHERE tags = '{}'"],
    [
      "arrays with quotes, commas, braces and backslashes",
      `assets WHERE tags @> ARRAY['a,b', 'quoted "tag"', '{braces}', 'back\\slash', '', 'NULL']`,
    ],
    ["an empty text", "vulnerabilities WHERE remediation = ''"],
    ["control characters", "vulnerabilities WHERE strpos(title, chr(1)) > 0"],
    ["control characters in a natural key", "assets WHERE strpos(normalized_value, chr(1)) > 0"],
    ["a line separator", "vulnerabilities WHERE title LIKE '%' || U&'\\2028' || '%'"],
    ["an emoji made of several", "vulnerabilities WHERE title LIKE '%👨‍👩‍👧‍👦%'"],
    ["a name that JavaScript treats as its own", `assets WHERE metadata #> '{notes,names}' ? '__proto__'`],
    ["a self-edge", "asset_edges WHERE from_asset_id = to_asset_id"],
    [
      "two relations between the same assets",
      "(SELECT FROM asset_edges GROUP BY from_asset_id, to_asset_id HAVING count(*) > 1) pairs",
    ],
    ["an admin who is deactivated", "users WHERE role = 'admin' AND NOT is_active"],
    ["an object key with a backslash", "files WHERE object_key LIKE '%\\\\%'"],
    ["an object key beyond ASCII", "files WHERE object_key ~ '[^ -~]'"],
  ])("has %s", async (_, query) => {
    expect(await countOf(database.pool, query)).toBeGreaterThan(0);
  });

  test.each([
    "tab\tnewline\ncarriage\rreturn\r\nend",
    "back\\slash \\\\ \\n \\N \\. \\u0041",
    '{a,"b",NULL,{}} [1] (2) $$',
  ])("holds %j as it was meant", async (text) => {
    const { rowCount } = await database.pool.query("SELECT FROM vulnerabilities WHERE right(title, $1) = $2", [
      text.length,
      text,
    ]);
    expect(rowCount).toBeGreaterThan(0);
    const inTags = await database.pool.query("SELECT FROM assets WHERE $1 = ANY (tags)", [text]);
    expect(inTags.rowCount).toBeGreaterThan(0);
    const inLists = await database.pool.query(
      "SELECT FROM assets WHERE metadata #> '{notes,list}' @> to_jsonb($1::text)",
      [text],
    );
    expect(inLists.rowCount).toBeGreaterThan(0);
  });

  test("has only object keys that an import accepts", async () => {
    const { rows } = await database.pool.query<{ object_key: string }>("SELECT object_key FROM files");
    for (const { object_key: key } of rows) {
      expect(key).toMatch(/^organizations\/[0-9a-f-]{36}\/(scans\/[0-9a-f-]{36}|files)\/\w+\/[0-9a-f-]{36}-[^/]+$/u);
      expect(key).not.toMatch(/\p{Cc}/u);
    }
  });

  test("has for every file an object of its size and hash, and no other", async () => {
    const { rows } = await database.pool.query<{ object_key: string; size_bytes: string; sha256: string }>(
      "SELECT * FROM files",
    );
    for (const row of rows) {
      const { body } = await objects.get(row.object_key);
      const hash = createHash("sha256");
      let size = 0;
      for await (const chunk of body) {
        hash.update(chunk);
        size += chunk.length;
      }
      expect({ size: String(size), sha256: hash.digest("hex") }, row.object_key).toEqual({
        size: row.size_bytes,
        sha256: row.sha256,
      });
    }
    expect(await keysIn(objects)).toEqual(rows.map((row) => row.object_key).toSorted());
    const sizes = rows.map((row) => Number(row.size_bytes));
    expect(sizes).toEqual(expect.arrayContaining([0, 1, 100_000, 3 * 1024 * 1024]));
  });

  test("has every planted secret somewhere in its rows", async () => {
    const secrets = plantedSecrets(smallest.seed);
    expect(secrets.length).toBeGreaterThan(1000);
    expect(new Set(secrets).size).toBe(secrets.length);
    const text = (await rowTexts()).join("\n");
    expect(secrets.filter((secret) => !text.includes(secret))).toEqual([]);
  });

  test("names every secret in its rows as planted", async () => {
    const planted = new Set(plantedSecrets(smallest.seed));
    const { rows } = await database.pool.query<{ secret: string }>(
      `SELECT password_hash AS secret FROM users
       UNION SELECT token_hash FROM refresh_tokens UNION SELECT key_hash FROM api_keys
       UNION SELECT unnest(ARRAY[provider_secret, webhook_secret]) FROM integrations
       UNION SELECT jsonb_path_query(value, 'strict $.** ? (@.type() == "string")') #>> '{}' FROM settings WHERE is_secret`,
    );
    const marked = (await rowTexts()).flatMap((text) => text.match(/seed-secret-[\w.-]+/g) ?? []);
    const secrets = [...rows.map(({ secret }) => secret).filter((secret) => secret !== null), ...marked];
    expect(secrets.length).toBeGreaterThan(planted.size / 2);
    expect(secrets.filter((secret) => !planted.has(secret))).toEqual([]);
  });

  test("has secrets under every name in every JSON column that is exported", async () => {
    const columns = await columnsWhere(
      database.pool,
      "data_type = 'jsonb' AND table_name NOT IN ('settings', 'integrations')",
    );
    expect(columns).toHaveLength(14);
    for (const { table, column } of columns) {
      const { rows } = await database.pool.query<{ value: string }>(
        `SELECT "${column}"::text AS value FROM "${table}"`,
      );
      const text = rows.map(({ value }) => value).join("\n");
      for (const name of [
        "password",
        "CLIENT_SECRET",
        "accessToken",
        "set-cookie",
        "Bot Token",
        "private.key",
        "apikey",
      ]) {
        expect(text, `${table}.${column} ${name}`).toContain(`"${name}": `);
      }
      expect(text, `${table}.${column}`).toContain(`"seed-secret-${table}.${column}-`);
    }
  });

  test("has one user who can sign in, and is no admin", async () => {
    const { rows } = await database.pool.query<{ email: string; role: string; password_hash: string }>(
      "SELECT * FROM users",
    );
    const found = rows.find(({ email }) => email === seededMember.email);
    expect(found?.role).toBe("member");
    expect(await verify(found?.password_hash ?? "", seededMember.password)).toBe(true);
    for (const { password_hash: hash } of rows)
      expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$.{22}\$.{43}$/);
  });

  test("refuses the same seed again and changes nothing", async () => {
    const before = await digests(database.pool);
    const again = seedInstallation({ ...smallest, assets: 300 }, { pool: database.pool, objects });
    await expect(again).rejects.toMatchObject({ name: "SeedError", code: "already_seeded" });
    expect(await digests(database.pool)).toEqual(before);
    expect(await keysIn(objects)).toHaveLength(smallest.files);
  });
});

async function rowTexts(): Promise<string[]> {
  const texts: string[] = [];
  for (const table of await tableNames(database.pool)) {
    const { rows } = await database.pool.query<{ line: string }>(
      `SELECT row_to_json(odd)::text AS line FROM "${table}" odd`,
    );
    texts.push(...rows.map(({ line }) => line));
  }
  return texts;
}
