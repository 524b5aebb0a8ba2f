import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { rowOrder } from "@/backup/tables";
import { seedInstallation } from "@/seed";

import { addUser, createInstallation, storages, type Installation } from "../support/backup";
import { readBundleFile, readEntries, type BundleFile } from "../support/backup/bundle-file";
import { importChecked } from "../support/backup/checked-import";
import { takeSnapshot } from "../support/backup/snapshot";
import { addOddRows } from "../support/backup/odd-rows";

/** The written list of what differs after export → import → export. */
const requiredUsers: Readonly<Record<string, readonly string[]>> = {
  organizations: ["created_by"],
  scopes: ["created_by"],
  scans: ["created_by"],
  reports: ["created_by"],
};
const optionalUsers: Readonly<Record<string, readonly string[]>> = {
  scopes: ["approved_by"],
  assets: ["created_by"],
  vulnerabilities: ["assigned_to", "resolved_by"],
  files: ["created_by"],
};

describe.each(storages)("source to empty target and back, on %s storage", (storage) => {
  let source: Installation;
  let target: Installation;
  let third: Installation;
  let first: BundleFile;
  let second: BundleFile;
  let bundle: string;
  let sharedUser: string;

  beforeAll(async () => {
    [source, target, third] = await Promise.all([
      createInstallation({ storage }),
      createInstallation({ storage }),
      createInstallation({ storage }),
    ]);
    await seedInstallation(
      { organizations: 3, assets: 200, vulnerabilities: 100, files: 40, seed: "round trip" },
      source,
    );
    await addOddRows(source);
    sharedUser = await shareUser(source, target);
    bundle = await source.export();
    first = await readBundleFile(bundle);
    await importChecked(target, bundle, "skip_existing");
    const again = await target.export();
    second = await readBundleFile(again);
    await importChecked(third, again, "merge");
  });

  afterAll(() => Promise.all([source, target, third].map((installation) => installation.drop())));

  test("every table travels, each with rows", () => {
    expect([...first.tables.keys()]).toHaveLength(11);
    for (const [table, rows] of first.tables) expect(rows.length, table).toBeGreaterThan(0);
  });

  test("data/*.json are the same byte for byte, user references and memberships aside", () => {
    for (const [table, rows] of first.tables) {
      const expected = table === "organization_members" ? [] : rows.map((row) => moved(table, row));
      expect(second.tables.get(table), table).toEqual(expected);
    }
  });

  test("the exceptions are there to be seen", () => {
    const changes = [...first.tables].flatMap(([table, rows]) => rows.filter((row) => moved(table, row) !== row).map(() => table));
    expect(new Set(changes)).toEqual(new Set([...Object.keys(requiredUsers), ...Object.keys(optionalUsers)]));
    const kept = [...second.tables].filter(([, rows]) => rows.some((row) => row.includes(`":"${sharedUser}"`)));
    expect(kept.map(([table]) => table)).toContain("vulnerabilities");
  });

  test("the target's rows are what the bundle says, by PostgreSQL's own account", async () => {
    for (const [table, rows] of first.tables) {
      if (table === "organization_members") continue;
      const found = await target.pool.query<{ line: string }>(
        `SELECT row_to_json(odd)::text AS line FROM "${table}" odd ORDER BY ${rowOrder(table).join(", ")}`,
      );
      expect(found.rows.map(({ line }) => line), table).toEqual(rows.map((row) => moved(table, row)));
    }
  });

  test("every column that is neither JSON nor a user's is the source's own", async () => {
    for (const table of first.tables.keys()) {
      if (table === "organization_members") continue;
      const columns = await plainColumns(source, table);
      const texts = async ({ pool }: Installation) =>
        (await pool.query<{ line: string }>(`SELECT ROW(${columns})::text AS line FROM "${table}" ORDER BY id`)).rows;
      expect(await texts(target), table).toEqual(await texts(source));
    }
  });

  test.each([
    "scan_jobs WHERE bytes_processed = 9223372036854775807",
    "assets WHERE confidence::text = '-0'",
    "assets WHERE confidence = 0.1::float8 + 0.2::float8",
    "assets WHERE confidence = '5e-324'::float8",
    "exposure_changes WHERE jsonb_typeof(old_value) = 'null'",
    "assets WHERE metadata::text LIKE '%12345678901234567890.123456789%'",
    "assets WHERE last_seen_at = 'infinity'",
    "assets WHERE last_seen_at = '-infinity'",
    "assets WHERE first_seen_at = '0044-03-15 00:00:00.000001+00 BC'",
    "assets WHERE first_seen_at = '4714-11-24 00:00:00+00 BC'",
    "assets WHERE first_seen_at = '294276-12-31 23:59:59.999999+00'",
    "assets WHERE first_seen_at = '10000-01-01 00:00:00+00'",
    "assets WHERE tags = '{}'",
    `assets WHERE tags = ARRAY['', 'NULL', 'null', '{}', 'a,b', '"', '\\', ' x ', E'\\t\\n', U&'\\2028', E'\\u0001']`,
    "files WHERE id = '00000000-0000-0000-0000-000000000000'",
    "vulnerabilities WHERE risk_score = 99.99 AND cvss_score = 0.1",
    "organizations WHERE description LIKE E'%\\u2028%\\\\x01%\\t%\\n%\\r%\\\\\\\\%\"%'",
  ])("holds the source's %s", async (query) => {
    const count = async ({ pool }: Installation) =>
      Number((await pool.query<{ count: string }>(`SELECT count(*) FROM ${query}`)).rows[0]?.count);
    const expected = await count(source);
    expect(expected).toBeGreaterThan(0);
    expect(await count(target)).toBe(expected);
    expect(await count(third)).toBe(expected);
  });

  test("every object is the same", async () => {
    const { objects } = await takeSnapshot(source);
    expect(objects.size).toBeGreaterThan(40);
    expect((await takeSnapshot(target)).objects).toEqual(objects);
    expect((await takeSnapshot(third)).objects).toEqual(objects);
  });

  test("the third holds what the second does, its own admin aside", async () => {
    for (const [table, rows] of second.tables) {
      const found = await third.pool.query<{ line: string }>(
        `SELECT row_to_json(odd)::text AS line FROM "${table}" odd ORDER BY ${rowOrder(table).join(", ")}`,
      );
      const expected = rows.map((row) => movedTo(third.adminId, [], table, row));
      expect(found.rows.map(({ line }) => line), table).toEqual(expected);
    }
  });

  test("the same state gives the same bytes, whatever the connection's settings", async () => {
    const settings = "-c TimeZone=Asia/Kolkata -c DateStyle=German -c extra_float_digits=0 -c IntervalStyle=sql_standard";
    const pool = new pg.Pool({ connectionString: target.url, options: settings, max: 1 });
    const [plain, odd] = [await target.export(), (await target.exportWith({}, { pool })).path];
    const { plan } = await target.preview(plain, { pool });
    await pool.end();
    for (const [table, { insert, update, conflict }] of Object.entries(plan.merge.tables)) {
      expect({ insert, update, conflict }, table).toEqual({ insert: 0, update: 0, conflict: 0 });
    }
    const [once, twice] = [await readEntries(plain), await readEntries(odd)];
    for (const [name, content] of once) {
      if (name === "manifest.json" || name === "checksums.json") continue;
      expect(twice.get(name)?.equals(content), name).toBe(true);
    }
    for (const [table, rows] of second.tables) {
      const text = String(twice.get(`data/${table}.json`));
      expect(text, table).toBe(rows.length === 0 ? "[]\n" : `[\n${rows.join(",\n")}\n]\n`);
    }
  });

  function moved(table: string, row: string): string {
    return movedTo(target.adminId, [sharedUser], table, row);
  }
});

/** A row as it must stand in an installation whose importing admin and other users these are. */
function movedTo(adminId: string, users: readonly string[], table: string, row: string): string {
  let text = row;
  for (const column of requiredUsers[table] ?? []) text = text.replace(cellOf(column), `"${column}":"${adminId}"`);
  for (const column of optionalUsers[table] ?? []) {
    text = text.replace(cellOf(column), (cell, user: string) => (users.includes(user) ? cell : `"${column}":null`));
  }
  return text;
}

/** Only a row's own member has no space after its colon: those inside a jsonb do. */
function cellOf(column: string): RegExp {
  return new RegExp(`"${column}":(?:"([^"]+)"|null)`);
}

/** One of the source's users that vulnerabilities are assigned to exists in the target, too. */
async function shareUser(source: Installation, target: Installation): Promise<string> {
  const { rows } = await source.pool.query<{ id: string }>(
    "SELECT assigned_to AS id FROM vulnerabilities WHERE assigned_to IS NOT NULL ORDER BY id LIMIT 1",
  );
  return addUser(target.pool, { id: String(rows[0]?.id) });
}

async function plainColumns({ pool }: Installation, table: string): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_name = $1 AND data_type <> 'jsonb' ORDER BY ordinal_position`,
    [table],
  );
  const users = [...(requiredUsers[table] ?? []), ...(optionalUsers[table] ?? [])];
  return rows.filter(({ name }) => !users.includes(name)).map(({ name }) => `"${name}"`).join(", ");
}
