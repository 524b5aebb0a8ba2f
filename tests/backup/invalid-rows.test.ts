import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { conflictModes, InvalidRowsError } from "@/backup";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, readBundleFile, rewriteBundle, sha256, writeBundleFile, type BundleFile, type Rows } from "../support/backup/bundle-file";
import { importChecked } from "../support/backup/checked-import";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { takeSnapshot, valuesOf, type Snapshot } from "../support/backup/snapshot";

const { uuid } = sample;
const content = Buffer.from("a note");

let target: Installation;
let empty: Snapshot;
/** Two rows of every table: the second one is there to be broken. */
let valid: string;

beforeAll(async () => {
  target = await createInstallation();
  empty = await takeSnapshot(target);
  valid = await makeBundle(target.folder, rowsOfEveryTable(), { [uuid(60)]: content, [uuid(61)]: content });
});
afterAll(() => target.drop());

function rowsOfEveryTable(): Rows {
  return {
    organizations: [sample.organizationRow(1), sample.organizationRow(2)],
    scopes: [sample.scopeRow(10, 1), sample.scopeRow(11, 1)],
    organization_members: [sample.memberRow(15, 1, sample.stranger), sample.memberRow(16, 2, sample.stranger)],
    assets: [sample.assetRow(20, 1), sample.assetRow(21, 1)],
    asset_edges: [sample.edgeRow(30, 1, 20, 21), sample.edgeRow(31, 1, 21, 20)],
    vulnerabilities: [sample.vulnerabilityRow(50, 1, 20), sample.vulnerabilityRow(51, 1, 21)],
    scans: [sample.scanRow(40, 1), sample.scanRow(42, 1)],
    scan_jobs: [sample.jobRow(41, 1, 40), sample.jobRow(43, 1, 42)],
    files: [sample.fileRow(60, 1, content), sample.fileRow(61, 1, content)],
    reports: [sample.reportRow(70, 1), sample.reportRow(71, 1)],
    exposure_changes: [sample.changeRow(80, 1), sample.changeRow(81, 1)],
  };
}

test("the bundle that the cases below break is valid", async () => {
  const { warnings } = await target.preview(valid);
  expect(warnings.map(({ code }) => code)).not.toContain("reference_lost");
});

/** table, column, JSON text of the value, what is said about it. */
const wrongValues: readonly [string, string, string, RegExp][] = [
  ["organizations", "name", "1", /must be a string/],
  ["organizations", "name", "null", /must not be null/],
  ["organizations", "name", "{}", /must be a string/],
  ["organizations", "id", '"1"', /must be a UUID/],
  ["organizations", "id", '"{00000000-0000-4000-8000-000000000002}"', /must be a UUID/],
  ["organizations", "slug", '""', /must not be empty/],
  ["organizations", "slug", JSON.stringify("é".repeat(101)), /at most 200 bytes/],
  ["organizations", "created_at", '"2026-02-30T00:00:00Z"', /timestamp/],
  ["organizations", "created_at", '"2026-01-01"', /timestamp/],
  ["organizations", "created_at", '"2026-01-01T00:00:00"', /timestamp/],
  ["organizations", "created_at", '"today"', /timestamp/],
  ["organizations", "created_at", '"2026-01-01T00:00:00.1234567Z"', /timestamp/],
  ["organizations", "created_at", '"294276-12-31T23:59:59-10:00"', /out of range/],
  ["organizations", "created_at", '"4714-11-01T00:00:00Z BC"', /out of range/],
  ["organizations", "settings", "1e200000", /out of range|overflow/],
  ["organizations", "settings", '{"a": [-1e131073]}', /out of range|overflow/],
  ["scopes", "type", '"planet"', /must be one of domain, /],
  ["scopes", "value", '""', /must not be empty/],
  ["scopes", "value", JSON.stringify("x".repeat(2001)), /at most 2000 bytes/],
  ["organization_members", "role", '"king"', /must be one of/],
  ["assets", "normalized_value", JSON.stringify("x".repeat(2001)), /at most 2000 bytes/],
  ["assets", "confidence", "1.0000001", /from 0 to 1/],
  ["assets", "confidence", "-0.1", /from 0 to 1/],
  ["assets", "confidence", '"0.5"', /from 0 to 1/],
  ["assets", "confidence", "1e-400", /out of range/],
  ["assets", "risk_score", "100.01", /from 0 to 100/],
  ["assets", "risk_score", "0.001", /2 decimals/],
  ["assets", "tags", '["a", null]', /array of strings/],
  ["assets", "tags", '[["a"]]', /array of strings/],
  ["assets", "tags", '"{a}"', /array of strings/],
  ["assets", "last_seen_at", "null", /must not be null/],
  ["asset_edges", "confidence", "2", /from 0 to 1/],
  ["vulnerabilities", "external_id", JSON.stringify("x".repeat(501)), /at most 500 bytes/],
  ["vulnerabilities", "matched_url", JSON.stringify("x".repeat(2001)), /at most 2000 bytes/],
  ["vulnerabilities", "cvss_score", "10.1", /from 0 to 10/],
  ["vulnerabilities", "cvss_score", "1.25", /1 decimals/],
  ["vulnerabilities", "severity", '"Critical"', /must be one of/],
  ["vulnerabilities", "asset_id", "null", /must not be null/],
  ["vulnerabilities", "resolved_at", "1767225600", /timestamp/],
  ["scan_jobs", "attempts", "-1", /whole number from 0/],
  ["scan_jobs", "attempts", "2147483648", /whole number/],
  ["scan_jobs", "priority", "1.5", /whole number/],
  ["scan_jobs", "bytes_processed", "9223372036854775808", /whole number/],
  ["scan_jobs", "bytes_processed", "-1", /whole number/],
  ["files", "object_key", '"/etc/passwd"', /absolute/],
  ["files", "object_key", '"C:\\\\x"', /absolute/],
  ["files", "object_key", '"\\\\\\\\server\\\\share"', /absolute/],
  ["files", "object_key", '"a/../../b"', /segment/],
  ["files", "object_key", '"a\\\\..\\\\b"', /segment/],
  ["files", "object_key", '".."', /segment/],
  ["files", "object_key", '"a\\nb"', /control/],
  ["files", "object_key", '"a\\u007fb"', /control/],
  ["files", "object_key", '""', /empty/],
  ["files", "object_key", JSON.stringify("x".repeat(1025)), /1024 bytes/],
  ["files", "size_bytes", "-1", /whole number/],
  ["files", "sha256", '"abc"', /SHA-256/],
  ["files", "sha256", `"${"A".repeat(64)}"`, /SHA-256/],
  ["exposure_changes", "risk_score", "-1", /from 0 to 100/],
];

describe("a value that a table cannot hold is refused with its place", () => {
  test.each(wrongValues)("%s.%s %s", async (table, column, value, reason) => {
    // Without objects, so that a file's key and hash are wrong by themselves.
    const file = await rewriteBundle(valid, (bundle) => {
      bundle.objects.clear();
      setCell(bundle, table, 1, column, value);
    });
    const { errors, count } = await refusalOf(file);
    expect(count).toBe(1);
    expect(errors).toEqual([{ code: "value_invalid", table, row: 1, column, message: expect.stringMatching(reason) as string }]);
    expect(errors[0]?.message).toContain(`${table}, row 1, ${column}: `);
  });

  test("the row is the right one after a faulty row before it", async () => {
    const file = await rewriteBundle(valid, (bundle) => {
      setCell(bundle, "assets", 0, "confidence", "3");
      setCell(bundle, "assets", 1, "metadata", "1e200000");
    });
    const { errors } = await refusalOf(file);
    expect(errors.map(({ row, column }) => [row, column])).toContainEqual([0, "confidence"]);
    for (const { row, column } of errors) expect([[0, "confidence"], [1, "metadata"]]).toContainEqual([row, column]);
  });
});

describe("a row that is no row of the table is refused with its place", () => {
  test.each<[string, (row: string) => string, string, RegExp]>([
    ["no JSON", (row) => row.replace('"name":', '"name":x'), "json_invalid", /value/],
    ["NUL", (row) => row.replace('"dark"', '"\\u0000"'), "json_invalid", /U\+0000/],
    ["a lone surrogate", (row) => row.replace('"dark"', '"\\ud800"'), "json_invalid", /surrogate/],
    ["a name twice", (row) => row.replace('"name":', '"id":"x","name":'), "json_invalid", /twice/],
    ["a name twice inside a document", (row) => row.replace('"theme":', '"theme":1,"theme":'), "json_invalid", /twice/],
  ])("%s", async (_name, breakRow, code, reason) => {
    const file = await rewriteBundle(valid, (bundle) => setRow(bundle, "organizations", 1, breakRow));
    const { errors, count } = await refusalOf(file);
    expect(count).toBe(1);
    expect(errors).toMatchObject([{ code, table: "organizations", row: 1 }]);
    expect(errors[0]?.message).toMatch(reason);
  });

  test("a row without a column that the database has no default for", async () => {
    const file = await makeBundle(target.folder, { organizations: [without(sample.organizationRow(1), "name")] });
    expect((await refusalOf(file)).errors).toMatchObject([{ code: "column_missing", table: "organizations", row: 0, column: "name" }]);
  });

  test("a row without a column that the rows before it have", async () => {
    const file = await makeBundle(target.folder, {
      organizations: [sample.organizationRow(1), without(sample.organizationRow(2), "description")],
    });
    expect((await refusalOf(file)).errors).toMatchObject([{ code: "column_missing", row: 1, column: "description" }]);
  });
});

describe("rows that do not go together are refused", () => {
  test.each<[string, Rows, Record<string, unknown>]>([
    [
      "an id twice",
      { assets: [sample.assetRow(20, 1), sample.assetRow(21, 1), sample.assetRow(20, 1, { normalized_value: "x" })] },
      { code: "id_duplicate", table: "assets", row: 2, column: "id" },
    ],
    [
      "an id twice, once in capitals",
      { assets: [sample.assetRow(20, 1, { id: "aaaaaaaa-0000-4000-8000-000000000000" }), sample.assetRow(21, 1, { id: "AAAAAAAA-0000-4000-8000-000000000000" })] },
      { code: "id_duplicate", table: "assets", row: 1, column: "id" },
    ],
    [
      "a natural key twice",
      { assets: [sample.assetRow(20, 1), sample.assetRow(21, 1, { normalized_value: "asset-20.example" })] },
      { code: "natural_key_duplicate", table: "assets", row: 1, column: "organization_id, type, normalized_value" },
    ],
    [
      "an object's key twice",
      { files: [sample.fileRow(60, 1, content), sample.fileRow(61, 2, content, { object_key: sample.fileRow(60, 1, content)["object_key"] })] },
      { code: "natural_key_duplicate", table: "files", row: 1, column: "object_key" },
    ],
    [
      "a required reference to nowhere",
      { vulnerabilities: [sample.vulnerabilityRow(50, 1, 404)] },
      { code: "reference_missing", table: "vulnerabilities", row: 0, column: "asset_id" },
    ],
    [
      "an organization that is nowhere",
      { scopes: [sample.scopeRow(10, 404)] },
      { code: "reference_missing", table: "scopes", row: 0, column: "organization_id" },
    ],
    [
      "a required reference across organizations",
      { assets: [sample.assetRow(20, 1)], vulnerabilities: [sample.vulnerabilityRow(50, 2, 20)] },
      { code: "reference_crosses_organizations", table: "vulnerabilities", row: 0, column: "asset_id" },
    ],
    [
      "an optional reference across organizations",
      { scans: [sample.scanRow(40, 1)], reports: [sample.reportRow(70, 2, { scan_id: uuid(40) })] },
      { code: "reference_crosses_organizations", table: "reports", row: 0, column: "scan_id" },
    ],
    [
      "an edge whose one end is another organization's",
      { assets: [sample.assetRow(20, 1), sample.assetRow(21, 2)], asset_edges: [sample.edgeRow(30, 1, 20, 21)] },
      { code: "reference_crosses_organizations", table: "asset_edges", row: 0, column: "to_asset_id" },
    ],
  ])("%s", async (_name, rows, expected) => {
    const organizations = [sample.organizationRow(1), sample.organizationRow(2)];
    const { errors, count } = await refusalOf(await makeBundle(target.folder, { organizations, ...rows }));
    expect(count).toBe(1);
    expect(errors).toMatchObject([expected]);
  });

  test("a required reference to another organization's row here", async () => {
    const other = await createInstallation();
    try {
      await insertRows(other, { organizations: [sample.organizationRow(2)], assets: [sample.assetRow(20, 2)] });
      const file = await makeBundle(other.folder, {
        organizations: [sample.organizationRow(1)],
        vulnerabilities: [sample.vulnerabilityRow(50, 1, 20)],
      });
      await expect(other.preview(file)).rejects.toMatchObject({
        errors: [{ code: "reference_missing", table: "vulnerabilities", column: "asset_id" }],
      });
    } finally {
      await other.drop();
    }
  });

  test.each<[string, (bundle: BundleFile) => void, Record<string, unknown>]>([
    [
      "an object whose row states another hash",
      (bundle) => setCell(bundle, "files", 1, "sha256", `"${"0".repeat(64)}"`),
      { code: "object_disagrees", table: "files", row: 1 },
    ],
    [
      "an object whose row states another size",
      (bundle) => setCell(bundle, "files", 1, "size_bytes", "1"),
      { code: "object_disagrees", table: "files", row: 1 },
    ],
    [
      "an object whose row states another key",
      (bundle) => setCell(bundle, "files", 1, "object_key", '"elsewhere"'),
      { code: "object_disagrees", table: "files", row: 1 },
    ],
    [
      "an object without a row",
      (bundle) => bundle.objects.set(uuid(62), { key: "x", content }),
      { code: "object_disagrees", table: "files" },
    ],
    ...["../../x", "a\nb", "x".repeat(2000), "/x"].map((key): [string, (bundle: BundleFile) => void, Record<string, unknown>] => [
      `an object under a key that no row may have: ${JSON.stringify(key.slice(0, 10))}`,
      (bundle) => bundle.objects.set(uuid(61), { key, content }),
      { code: "object_disagrees", table: "files", row: 1 },
    ]),
  ])("%s", async (_name, edit, expected) => {
    const { errors, count } = await refusalOf(await rewriteBundle(valid, edit));
    expect(count).toBe(1);
    expect(errors).toMatchObject([expected]);
  });
});

test("the first hundred are told, the others counted", async () => {
  const organizations = Array.from({ length: 250 }, (_, index) => sample.organizationRow(index, { name: index % 2 === 0 ? 1 : "x" }));
  const { errors, count, message } = await refusalOf(await makeBundle(target.folder, { organizations }));
  expect(count).toBe(125);
  expect(errors.map(({ row }) => row)).toEqual(Array.from({ length: 100 }, (_, index) => 2 * index));
  expect(message).toContain("125");
});

test("errors of different kinds are told together, and counted as often as they are there", async () => {
  const assets = Array.from({ length: 150 }, (_, index) => sample.assetRow(index, 1, { normalized_value: "the same" }));
  const scopes = Array.from({ length: 30 }, (_, index) => sample.scopeRow(index, 404));
  const { errors, count } = await refusalOf(await makeBundle(target.folder, { organizations: [sample.organizationRow(1)], scopes, assets }));
  expect(count).toBe(30 + 149);
  expect(errors).toHaveLength(100);
  expect(new Set(errors.map(({ table }) => table))).toEqual(new Set(["scopes", "assets"]));
});

describe("what is odd and no error", () => {
  test("natural keys as long as they may be", async () => {
    const long = (bytes: number) => Array.from({ length: bytes / 2 }, (_, index) => String.fromCodePoint(0x100 + ((index * 7919) % 0x600))).join("");
    const rows: Rows = {
      organizations: [sample.organizationRow(1, { slug: long(200) })],
      scopes: [sample.scopeRow(10, 1, { value: long(2000) })],
      assets: [sample.assetRow(20, 1, { normalized_value: long(2000) })],
      vulnerabilities: [sample.vulnerabilityRow(50, 1, 20, { external_id: long(500), matched_url: long(2000) })],
      files: [sample.fileRow(60, 1, content, { object_key: long(1024) })],
    };
    const { outcome } = await importChecked(target, await makeBundle(target.folder, rows, { [uuid(60)]: content }), "merge");
    expect(outcome.plan.tables["vulnerabilities"]).toMatchObject({ insert: 1 });
    await target.clear();
  });

  test("unknown columns are ignored with a warning, unknown tables, too", async () => {
    const file = await makeBundle(target.folder, {
      organizations: [sample.organizationRow(1, { mood: "good", ["__proto__x"]: 1 })],
      moods: [{ id: 1 }],
    });
    const { outcome } = await importChecked(target, file, "merge");
    expect(outcome.warnings).toContainEqual(expect.objectContaining({ code: "column_unknown", table: "organizations", column: "mood" }));
    expect(outcome.warnings).toContainEqual(expect.objectContaining({ code: "unknown_table", table: "moods", count: 1 }));
    await target.clear();
  });

  test("nothing in a bundle makes a user, a role, a key, a setting or a secret", async () => {
    const id = uuid(700);
    const people: Rows = {
      users: [{ id, email: "planted@example.com", display_name: "", password_hash: "x", role: "admin", is_active: true }],
      organization_members: [sample.memberRow(71, 1, target.adminId), { ...sample.memberRow(72, 1, id), role: "owner" }],
      api_keys: [{ id, user_id: target.adminId, name: "planted", prefix: "sb_", key_hash: "x".repeat(64) }],
      refresh_tokens: [{ id, user_id: target.adminId, token_hash: "x".repeat(64), expires_at: "2030-01-01T00:00:00Z" }],
      settings: [{ key: "planted", value: "x", is_secret: true }],
      integrations: [{ id, organization_id: uuid(1), provider: "slack", name: "planted", config: {}, provider_secret: "x", webhook_secret: "x" }],
      backup_runs: [{ id, kind: "import", state: "running", started_by: target.adminId }],
    };
    const bundle = await readBundleFile(await makeBundle(target.folder, { organizations: [sample.organizationRow(1)], ...people }));
    bundle.manifest.settings = { planted: true, "registration.open": true };
    const file = await writeBundleFile(target.folder, bundle);
    for (const mode of conflictModes) {
      const { outcome, after } = await importChecked(target, file, mode);
      for (const table of Object.keys(people)) {
        expect([...(after.rows.get(table) ?? [])], table).toEqual([...(empty.rows.get(table) ?? [])]);
        expect(outcome.plan.tables[table] ?? { insert: 0, update: 0 }).toMatchObject({ insert: 0, update: 0 });
      }
      expect(outcome.warnings.filter(({ code }) => code === "unknown_table").map(({ table }) => table)).toEqual(
        expect.arrayContaining(["api_keys", "refresh_tokens", "settings", "integrations", "backup_runs"]),
      );
    }
    await target.clear();
  });

  test("of unknown tables a hundred are named", async () => {
    const moods = Array.from({ length: 150 }, (_, index) => [`mood_${index}`, []] as const);
    const file = await makeBundle(target.folder, { organizations: [sample.organizationRow(1)], ...Object.fromEntries(moods) });
    const { outcome } = await importChecked(target, file, "merge");
    const unknown = outcome.warnings.filter(({ code }) => code === "unknown_table");
    expect(unknown.map(({ count }) => count)).toEqual([...Array<number>(100).fill(0), 50]);
    await target.clear();
  });

  test("columns that a bundle lacks take the database's default, and are not written over", async () => {
    const lacking = ["description", "settings", "updated_at"];
    const rows: Rows = { organizations: [without(sample.organizationRow(1), ...lacking), without(sample.organizationRow(2), ...lacking)] };
    await insertRows(target, { organizations: [sample.organizationRow(1, { name: "mine", description: "kept" })] });
    const { after } = await importChecked(target, await makeBundle(target.folder, rows), "merge");
    expect(valuesOf(after, "organizations", uuid(1))).toMatchObject({ name: "Organization 1", description: "kept", settings: { theme: "dark" } });
    expect(valuesOf(after, "organizations", uuid(2))).toMatchObject({ description: "", settings: {} });
    await target.clear();
  });

  test("a bundle without a table, without rows, and without anything", async () => {
    for (const rows of [{ organizations: [sample.organizationRow(1)] }, { organizations: [], assets: [] }, {}]) {
      await importChecked(target, await makeBundle(target.folder, rows), "merge");
    }
    await target.clear();
  });

  test("millions of rows that are none: told of the first, and counted until a million faults", async () => {
    const bundle = await readBundleFile(valid);
    bundle.tables.set("assets", Array.from({ length: 3_000_000 }, () => "{}"));
    const startedAt = performance.now();
    const { errors, count, countIsLeast, message } = await refusalOf(await writeBundleFile(target.folder, bundle));
    expect(errors).toHaveLength(100);
    expect(errors[0]).toMatchObject({ table: "assets", row: 0, code: "column_missing" });
    expect(count).toBeGreaterThanOrEqual(1_000_000);
    expect(countIsLeast).toBe(true);
    expect(count).toBeLessThan(1_500_000);
    expect(message).toContain(`at least ${count} invalid`);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  test("an importing admin who is none", async () => {
    await expect(target.preview(valid, { importingUserId: sample.stranger })).rejects.toMatchObject({ code: "importer_missing" });
    await expect(target.import(valid, "merge", { importingUserId: sample.stranger })).rejects.toMatchObject({ code: "importer_missing" });
  });
});

/** Refused in preview and import alike, each in the same words, with nothing changed. */
async function refusalOf(file: string): Promise<InvalidRowsError> {
  const refusals: InvalidRowsError[] = [];
  for (const attempt of [() => target.preview(file), () => target.import(file, "merge")]) {
    const error: unknown = await attempt().then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof InvalidRowsError)) throw new Error("not refused for its rows", { cause: error });
    refusals.push(error);
  }
  const [first, second] = refusals;
  if (first === undefined) throw new Error("not refused");
  expect(second?.errors).toEqual(first.errors);
  expect(second?.count).toBe(first.count);
  expect(await takeSnapshot(target)).toEqual(empty);
  return first;
}

function setRow(bundle: BundleFile, table: string, index: number, change: (row: string) => string): void {
  const rows = bundle.tables.get(table) ?? [];
  const changed = change(rows[index] ?? "");
  expect(changed).not.toBe(rows[index]);
  rows[index] = changed;
}

/** Puts JSON text in a column's place, as no serializer would. */
function setCell(bundle: BundleFile, table: string, index: number, column: string, value: string): void {
  setRow(bundle, table, index, (row) => {
    const mark = "the value goes here";
    return JSON.stringify({ ...(JSON.parse(row) as object), [column]: mark }).replace(`"${mark}"`, () => value);
  });
}

function without(row: Record<string, unknown>, ...columns: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)));
}

test("a bundle taken apart and written again by jszip is imported as it was", async () => {
  const source = await createInstallation();
  try {
    await insertRows(source, rowsOfSource());
    await source.objects.put("a/note", content, { size: content.length, sha256: sha256(content), contentType: "text/plain", when: "absent" });
    const file = await source.export();
    const again = await writeBundleFile(source.folder, await readBundleFile(file));
    const [direct, rewritten] = [await target.preview(file), await target.preview(again)];
    expect(rewritten.plan.merge.tables).toEqual(direct.plan.merge.tables);
    const { after } = await importChecked(target, again, "merge");
    expect(after.objects).toEqual(new Map([["a/note", sha256(content)]]));
    await target.clear();
  } finally {
    await source.drop();
  }
});

function rowsOfSource(): Rows {
  const { organization_members: _, ...rows } = rowsOfEveryTable();
  return { ...rows, files: [sample.fileRow(60, 1, content, { object_key: "a/note" })] };
}
