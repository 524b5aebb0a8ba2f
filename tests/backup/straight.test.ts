import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { exportedTables, type ConflictMode, type ImportOutcome } from "@/backup";
import { seedInstallation } from "@/seed";

import { createInstallation, startRun, type Installation } from "../support/backup";
import { makeBundle, rewriteBundle } from "../support/backup/bundle-file";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { takeSnapshot } from "../support/backup/snapshot";

let source: Installation;
let empty: Installation;
let inhabited: Installation;
beforeAll(async () => {
  source = await createInstallation();
  empty = await createInstallation();
  inhabited = await createInstallation();
  await seedInstallation({ organizations: 3, assets: 150, vulnerabilities: 90, files: 12, seed: "straight" }, source);
});
beforeEach(async () => {
  await empty.clear();
  await inhabited.clear();
  await insertRows(inhabited, { organizations: [sample.organizationRow(9, { slug: "somebody-else" })] });
});
afterAll(async () => {
  await source.drop();
  await empty.drop();
  await inhabited.drop();
});

/** Imports, and looks from inside whether the assets went through a table of their own. */
async function importWatched(
  target: Installation,
  bundle: string,
  mode: ConflictMode,
): Promise<{ outcome: ImportOutcome; straight: boolean }> {
  const runId = await startRun(target.pool, target.adminId);
  let straight = false;
  const outcome = await target.import(bundle, mode, {
    runId,
    beforeCommit: async (client) => {
      const { rows } = await client.query("SELECT to_regclass('pg_temp.stage_assets') IS NULL AS straight");
      straight = rows[0].straight;
      await client.query("UPDATE backup_runs SET state = 'succeeded', finished_at = now() WHERE id = $1", [runId]);
    },
  });
  return { outcome, straight };
}

async function importedRows(target: Installation) {
  const { rows, objects } = await takeSnapshot(target);
  rows.get("organizations")?.delete(sample.uuid(9));
  // Who imports is another admin in every installation.
  const exported = [...rows].filter(([table]) => exportedTables.some(({ name }) => name === table));
  const named = exported.map(([table, byKey]) => [
    table,
    [...byKey].map(([key, row]) => [key, row.text.replaceAll(target.adminId, "the importing admin")]),
  ]);
  return { named, objects };
}

describe.each([
  ["everything", {}],
  ["no scan history", { include_scan_history: false }],
  ["no contents of files", { include_files: false }],
])("a bundle of %s into an installation that holds nothing", (_name, options) => {
  test.each(["skip_existing", "merge", "overwrite_metadata_only"] as const)("in %s goes straight in, and comes to what a plan comes to", async (mode) => {
    const bundle = await source.export(options);
    const preview = await empty.preview(bundle);
    const direct = await importWatched(empty, bundle, mode);
    const planned = await importWatched(inhabited, bundle, mode);
    expect([direct.straight, planned.straight]).toEqual([true, false]);
    expect(direct.outcome).toEqual(planned.outcome);
    expect(direct.outcome.plan).toEqual(preview.plan[mode]);
    expect(direct.outcome.warnings.length).toBeGreaterThan(2);
    expect(await importedRows(empty)).toEqual(await importedRows(inhabited));
  });
});

test("users who are here keep what names them", async () => {
  const { rows } = await source.pool.query("SELECT id, email FROM users WHERE id IN (SELECT assigned_to FROM vulnerabilities) ORDER BY id LIMIT 1");
  for (const target of [empty, inhabited]) {
    await target.pool.query("INSERT INTO users (id, email, password_hash, role) VALUES ($1, $2, 'none', 'member')", [rows[0].id, rows[0].email]);
  }
  const bundle = await source.export();
  const direct = await importWatched(empty, bundle, "merge");
  const planned = await importWatched(inhabited, bundle, "merge");
  expect(direct.straight).toBe(true);
  expect(direct.outcome).toEqual(planned.outcome);
  const { rows: assigned } = await empty.pool.query("SELECT count(*)::integer AS count FROM vulnerabilities WHERE assigned_to = $1", [rows[0].id]);
  expect(assigned[0].count).toBeGreaterThan(0);
});

describe("a bundle that no constraint, but a rule refuses, is refused by the plan", () => {
  const organizations = [sample.organizationRow(1, { slug: "one" }), sample.organizationRow(2, { slug: "two" })];
  const assets = [sample.assetRow(20, 1)];
  test.each([
    ["reference_crosses_organizations", { organizations, assets, vulnerabilities: [sample.vulnerabilityRow(50, 2, 20)] }],
    ["reference_missing", { organizations, assets, vulnerabilities: [sample.vulnerabilityRow(50, 1, 21)] }],
    ["natural_key_duplicate", { organizations, assets: [sample.assetRow(20, 1, { normalized_value: "a" }), sample.assetRow(21, 1, { normalized_value: "a" })] }],
    ["id_duplicate", { organizations, assets: [sample.assetRow(20, 1, { normalized_value: "a" }), sample.assetRow(20, 1, { normalized_value: "b" })] }],
    ["value_invalid", { organizations, assets: [sample.assetRow(20, 1, { confidence: 7 })] }],
  ])("%s", async (code, rows) => {
    const before = await takeSnapshot(empty);
    const bundle = await makeBundle(empty.folder, rows);
    await expect(empty.import(bundle, "merge")).rejects.toMatchObject({ code: "invalid_rows", errors: [{ code }] });
    expect(await takeSnapshot(empty)).toEqual(before);
  });
});

test("an optional reference that leads nowhere, beside others that lead somewhere, is lost and counted", async () => {
  const organizations = [sample.organizationRow(1)];
  const scans = [sample.scanRow(40, 1)];
  const vulnerabilities = [
    sample.vulnerabilityRow(50, 1, 20, { external_id: "a", scan_id: sample.uuid(40) }),
    sample.vulnerabilityRow(51, 1, 20, { external_id: "b", scan_id: sample.uuid(404) }),
  ];
  const bundle = await makeBundle(empty.folder, { organizations, assets: [sample.assetRow(20, 1)], scans, vulnerabilities });
  const { outcome, straight } = await importWatched(empty, bundle, "merge");
  expect(straight).toBe(false);
  expect(outcome.warnings).toContainEqual(expect.objectContaining({ code: "reference_lost", table: "vulnerabilities", column: "scan_id", count: 1 }));
});

describe("where nothing is here, a preview leaves out values that it need not look at, but never one that a table cannot hold", () => {
  const organizations = [sample.organizationRow(1)];
  /** More than a preview keeps to be looked at. */
  const assets = Array.from({ length: 260 }, (_, index) => sample.assetRow(1000 + index, 1, { normalized_value: `${index}` }));

  test.each([
    ["last_seen_at", '"294276-12-31T23:59:59-10:00"'],
    ["last_seen_at", '"4714-11-01T00:00:00Z BC"'],
    ["metadata", "1e200000"],
    ["metadata", '{"a": [-1e131073]}'],
    ["metadata", `{"a": ${"9".repeat(140_000)}}`],
    ["confidence", "1e-400"],
    ["confidence", `0.${"0".repeat(400)}1`],
  ])("%s", async (column, value) => {
    const sound = await makeBundle(empty.folder, { organizations, assets });
    const bundle = await rewriteBundle(sound, ({ tables }) => {
      const rows = tables.get("assets") ?? [];
      const last = rows.length - 1;
      rows[last] = (rows[last] ?? "").replace(new RegExp(`"${column}":("[^"]*"|\\{[^}]*\\}|[^,}]*)`), () => `"${column}":${value}`);
    });
    const refusal = { code: "invalid_rows", errors: [{ code: "value_invalid", table: "assets", row: 259, column }] };
    await expect(empty.preview(bundle)).rejects.toMatchObject(refusal);
    await expect(inhabited.preview(bundle)).rejects.toMatchObject(refusal);
    await expect(empty.import(bundle, "merge")).rejects.toMatchObject(refusal);
  });

  test("and its plan is the one of a preview that looks at everything", async () => {
    const bundle = await source.export();
    expect(await empty.preview(bundle)).toEqual(await inhabited.preview(bundle));
  });
});
