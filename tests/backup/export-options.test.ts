import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ExportOptions } from "@/bundle";
import { seedInstallation } from "@/seed";

import { createInstallation, storages, type Installation } from "../support/backup";
import { readBundleFile, readEntries, sha256 } from "../support/backup/bundle-file";
import { importChecked } from "../support/backup/checked-import";

const always = [
  "organizations",
  "scopes",
  "organization_members",
  "assets",
  "asset_edges",
  "vulnerabilities",
  "reports",
  "files",
  "exposure_changes",
];
const history = ["scans", "scan_jobs"];

const combinations: ExportOptions[] = [false, true].flatMap((include_files) =>
  [false, true].flatMap((include_users) =>
    [false, true].flatMap((include_scan_history) =>
      [false, true].map((include_settings) => ({ include_files, include_users, include_scan_history, include_settings })),
    ),
  ),
);

/** Of users, what a bundle may carry. */
const userColumns = ["id", "email", "display_name", "role", "is_active", "created_at", "last_login_at"];

describe.each(storages)("what is in a bundle, on %s storage", (storage) => {
  let source: Installation;
  let fileIds: string[];

  beforeAll(async () => {
    source = await createInstallation({ storage });
    await seedInstallation({ organizations: 2, assets: 60, vulnerabilities: 30, files: 12, seed: "options" }, source);
    const { rows } = await source.pool.query<{ id: string }>("SELECT id FROM files ORDER BY id");
    fileIds = rows.map(({ id }) => id);
  });
  afterAll(() => source.drop());

  test.each(combinations)(
    "files $include_files, users $include_users, history $include_scan_history, settings $include_settings",
    async (options) => {
      const exported = await source.exportWith(options);
      const entries = await readEntries(exported.path);
      const { manifest } = await readBundleFile(exported.path);
      const tables = [...always, ...(options.include_scan_history ? history : []), ...(options.include_users ? ["users"] : [])];
      const objects = options.include_files ? fileIds : [];

      const names = [...entries.keys()];
      expect(names.filter((name) => name.startsWith("data/")).sort()).toEqual(tables.map((table) => `data/${table}.json`).sort());
      expect(names.filter((name) => name.startsWith("files/")).map((name) => name.split("/")[1])).toEqual(objects);
      expect(names.filter((name) => !/^(?:data|files)\//.test(name))).toEqual(["manifest.json", "checksums.json"]);

      expect(manifest.options).toEqual(options);
      expect(Object.keys(manifest.tables).sort()).toEqual([...tables].sort());
      expect(manifest.files.map(({ id }) => id)).toEqual(objects);
      expect(manifest.tables).toEqual(await countsHere(tables));
      expect(exported.counts).toEqual(manifest.tables);
      expect(exported.objects).toBe(objects.length);
      for (const { entry, size, sha256: stated } of manifest.files) {
        expect(entries.get(entry)?.length).toBe(size);
        expect(sha256(entries.get(entry) ?? Buffer.alloc(0))).toBe(stated);
      }
      expect(JSON.parse(String(entries.get("checksums.json")))).toEqual(
        Object.fromEntries([...entries].flatMap(([name, content]) => (name === "checksums.json" ? [] : [[name, sha256(content)]]))),
      );

      if (options.include_settings) expect(Object.keys(manifest.settings ?? {}).sort()).toEqual(await plainSettings());
      else expect(manifest.settings).toBeNull();
      expect(exported.warnings).toEqual(manifest.warnings);
      const codes = new Set(manifest.warnings.map(({ code }) => code));
      expect(codes.has("files_not_scrubbed")).toBe(options.include_files);
      expect(codes.has("users_not_imported")).toBe(options.include_users);
      expect(codes.has("secret_settings_left_out")).toBe(options.include_settings);
    },
  );

  test("the same state gives the same bytes of data, whatever else is in the bundle", async () => {
    const [all, again, least] = await Promise.all(
      [{ include_users: true }, { include_users: true }, { include_files: false, include_settings: false, include_scan_history: false }].map(
        async (options) => readEntries(await source.export(options)),
      ),
    );
    const data = [...(all ?? [])].filter(([name]) => name.startsWith("data/"));
    for (const [name, content] of data) expect(again?.get(name)?.equals(content), name).toBe(true);
    for (const [name, content] of least ?? []) {
      if (name.startsWith("data/")) expect(all?.get(name)?.equals(content), name).toBe(true);
    }
  });

  test("users are sanitized: every user, and of each nothing but what is no secret", async () => {
    const { tables } = await readBundleFile(await source.export({ include_users: true }));
    const users = (tables.get("users") ?? []).map((row) => JSON.parse(row) as Record<string, unknown>);
    const { rows } = await source.pool.query<{ line: string }>(
      `SELECT row_to_json(odd)::text AS line FROM (SELECT ${userColumns.join(", ")} FROM users ORDER BY id) odd`,
    );
    expect(users).toEqual(rows.map(({ line }) => JSON.parse(line) as unknown));
    expect(users.length).toBeGreaterThan(5);
    for (const user of users) expect(Object.keys(user)).toEqual(userColumns);
  });

  test("without scan history, references to it become null, and a warning counts them", async () => {
    const target = await createInstallation({ storage });
    try {
      const file = await source.export({ include_scan_history: false });
      const { outcome } = await importChecked(target, file, "skip_existing");
      for (const [table, column] of await scanReferences()) {
        const { rows } = await source.pool.query<{ count: number }>(`SELECT count("${column}")::int AS count FROM "${table}"`);
        const count = rows[0]?.count ?? 0;
        expect(count, `${table}.${column}`).toBeGreaterThan(0);
        expect(outcome.warnings).toContainEqual(expect.objectContaining({ code: "reference_lost", table, column, count }));
        expect((await target.pool.query(`SELECT FROM "${table}" WHERE "${column}" IS NOT NULL`)).rowCount).toBe(0);
      }
      // With the history, a merge gives back what was lost, and a bundle without takes nothing away.
      const whole = await source.export();
      await target.import(whole, "merge");
      await importChecked(target, file, "merge");
      const again = await target.export({ include_files: false });
      expect((await readBundleFile(again)).tables.get("reports")?.filter((row) => row.includes('"scan_id":null'))).toEqual(
        (await readBundleFile(whole)).tables.get("reports")?.filter((row) => row.includes('"scan_id":null')).map((row) =>
          row.replace(/"created_by":"[^"]+"/, `"created_by":"${target.adminId}"`),
        ),
      );
    } finally {
      await target.drop();
    }
  });

  test("users and settings of a bundle change nothing where it is imported", async () => {
    const target = await createInstallation({ storage });
    try {
      const { after } = await importChecked(target, await source.export({ include_users: true }), "merge");
      expect([...(after.rows.get("users")?.keys() ?? [])]).toEqual([target.adminId]);
      for (const table of ["settings", "integrations", "api_keys", "refresh_tokens", "organization_members"]) {
        expect(after.rows.get(table)?.size, table).toBe(0);
      }
    } finally {
      await target.drop();
    }
  });

  test("an object that is gone or is not what its row says is left out with a warning, and its row travels", async () => {
    const damaged = await createInstallation({ storage });
    try {
      await damaged.import(await source.export(), "skip_existing");
      const { rows } = await damaged.pool.query<{ object_key: string; size_bytes: string }>(
        "SELECT object_key, size_bytes FROM files WHERE size_bytes > 0 ORDER BY id LIMIT 2",
      );
      const [gone, rotten] = rows;
      await damaged.objects.delete(gone?.object_key ?? "");
      const content = Buffer.alloc(Number(rotten?.size_bytes), 1);
      await damaged.objects.put(rotten?.object_key ?? "", content, {
        size: content.length,
        sha256: sha256(content),
        contentType: "text/plain",
        when: "always",
      });
      const exported = await damaged.exportWith({});
      expect(exported.counts["files"]).toBe(fileIds.length);
      expect(exported.objects).toBe(fileIds.length - 2);
      expect(exported.warnings).toContainEqual(expect.objectContaining({ code: "object_missing", table: "files", count: 1 }));
      expect(exported.warnings).toContainEqual(expect.objectContaining({ code: "object_differs", table: "files", count: 1 }));
      const { objects } = await damaged.preview(exported.path);
      expect(objects).toMatchObject({ missing: 2 });
    } finally {
      await damaged.drop();
    }
  });

  async function countsHere(tables: readonly string[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of tables) counts[table] = (await source.pool.query(`SELECT FROM "${table}"`)).rowCount ?? 0;
    return counts;
  }

  async function plainSettings(): Promise<string[]> {
    const { rows } = await source.pool.query<{ key: string }>("SELECT key FROM settings WHERE NOT is_secret");
    return rows.map(({ key }) => key).sort();
  }

  async function scanReferences(): Promise<[string, string][]> {
    const { rows } = await source.pool.query<{ table: string; column: string }>(
      `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name IN ('scan_id', 'scan_job_id') AND table_name NOT IN ('scans', 'scan_jobs')`,
    );
    return rows.map(({ table, column }) => [table, column]);
  }
});
