import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { conflictModes, type ConflictMode, type ImportOutcome } from "@/backup";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, type Rows } from "../support/backup/bundle-file";
import { importChecked } from "../support/backup/checked-import";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { takeSnapshot, valuesOf } from "../support/backup/snapshot";

const { uuid } = sample;
const content = Buffer.from("a note");

let target: Installation;
beforeAll(async () => {
  target = await createInstallation();
});
beforeEach(() => target.clear());
afterAll(() => target.drop());

const modes: readonly ConflictMode[] = conflictModes;

/** One row of every imported table, in an order in which they can be inserted. */
function everyTable(): Record<string, Record<string, unknown>[]> {
  return {
    organizations: [sample.organizationRow(1)],
    scopes: [sample.scopeRow(10, 1)],
    assets: [sample.assetRow(20, 1), sample.assetRow(21, 1)],
    asset_edges: [sample.edgeRow(30, 1, 20, 21)],
    scans: [sample.scanRow(40, 1)],
    scan_jobs: [sample.jobRow(41, 1, 40)],
    vulnerabilities: [sample.vulnerabilityRow(50, 1, 20, { scan_id: uuid(40) })],
    files: [
      sample.fileRow(60, 1, content, { scan_id: uuid(40), scan_job_id: uuid(41), asset_id: uuid(20), vulnerability_id: uuid(50) }),
    ],
    reports: [sample.reportRow(70, 1, { scan_id: uuid(40), file_id: uuid(60) })],
    exposure_changes: [sample.changeRow(80, 1, { scan_id: uuid(40), asset_id: uuid(20) })],
  };
}

/** Another value for every column that may have one. */
const otherValues: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  organizations: { name: "Other", description: "other", settings: { a: 1 }, updated_at: "infinity", slug: "other" },
  scopes: { type: "ip", value: "192.0.2.1", description: "other", status: "rejected", approved_at: null, updated_at: "infinity" },
  assets: {
    type: "url", value: "other", normalized_value: "other", status: "archived", confidence: 0.5, risk_score: 99, source_plugin: "x",
    metadata: null, tags: [], first_seen_at: "infinity", last_seen_at: "infinity", updated_at: "infinity",
  },
  asset_edges: {
    from_asset_id: uuid(21), relation_type: "contains", confidence: 0.5, source_plugin: "x", metadata: [], first_seen_at: "infinity",
    last_seen_at: "infinity",
  },
  vulnerabilities: {
    asset_id: uuid(21), scan_id: null, external_id: "other", title: "other", description: "other", remediation: "other",
    severity: "low", status: "resolved", cvss_score: null, risk_score: null, cve_ids: [], references: [], matched_url: "",
    evidence: 1, metadata: "x", resolved_at: "infinity", first_seen_at: "infinity", last_seen_at: "infinity",
    updated_at: "infinity",
  },
  scans: {
    name: "other", profile: "deep", status: "failed", options: 1, summary: 1, started_at: null, finished_at: null, error: "x",
  },
  scan_jobs: {
    plugin: "x", status: "failed", priority: -1, attempts: 2, input: 1, result_summary: 1, error: "x", worker_id: "x",
    started_at: null, finished_at: null, bytes_processed: 1,
  },
  reports: {
    scan_id: null, file_id: null, title: "other", type: "changes", format: "csv", status: "failed", parameters: 1,
  },
  files: {
    scan_id: null, scan_job_id: null, asset_id: null, vulnerability_id: null, file_type: "other", source_plugin: "x",
    original_name: "other", bucket: "x", content_type: "text/x", metadata: 1,
  },
  exposure_changes: { title: "other", severity: "high", old_value: 1, metadata: 1 },
};

/** What overwrite_metadata_only takes over, out of DESIGN's table. */
const metadataLike: Readonly<Record<string, readonly string[]>> = {
  organizations: ["description", "settings"],
  scopes: ["description"],
  assets: ["metadata", "tags", "confidence", "last_seen_at"],
  asset_edges: ["metadata", "confidence", "last_seen_at"],
  vulnerabilities: ["metadata", "evidence", "remediation", "references", "last_seen_at"],
  scans: ["summary"],
  scan_jobs: ["result_summary"],
  reports: ["title", "parameters"],
  files: ["metadata", "original_name", "content_type"],
  exposure_changes: [],
};

/** These change with the object alone: tested with objects. */
const ofContent = ["size_bytes", "sha256", "object_key"];
const neverChanged = ["id", "organization_id", "created_at", "created_by"];

describe.each(modes)("%s", (mode) => {
  test("inserts what is new, and the second time nothing", async () => {
    const rows = everyTable();
    const { outcome } = await importRows(rows, mode);
    for (const [table, list] of Object.entries(rows)) {
      expect(outcome.plan.tables[table], table).toEqual(counts({ insert: list.length }));
    }
    expect(outcome.plan.objects).toEqual({ write: 1, replace: 0, bytes: content.length });
  });

  test("leaves equal rows alone", async () => {
    await here(everyTable());
    const { outcome, before, after } = await importRows(everyTable(), mode);
    expect(after.rows).toEqual(before.rows);
    for (const [table, list] of Object.entries(everyTable())) {
      const skipped = mode === "skip_existing" || table === "exposure_changes";
      expect(outcome.plan.tables[table], table).toEqual(counts({ [skipped ? "skip" : "unchanged"]: list.length }));
    }
  });

  test("does with another value of each column what the design says", async () => {
    const rows = everyTable();
    const changed: { table: string; column: string; id: string; value: unknown }[] = [];
    for (const [table, values] of Object.entries(otherValues)) {
      for (const [column, value] of Object.entries(values)) {
        const id = uuid(1000 + changed.length);
        rows[table]?.push({ ...rows[table][0], id, ...anotherKey(table, id) });
        changed.push({ table, column, id, value });
      }
    }
    await here(rows);
    for (const { table, column, id, value } of changed) {
      const row = rows[table]?.find((candidate) => candidate["id"] === id);
      expect(row?.[column], `${table}.${column}`).not.toEqual(value);
      Object.assign(row ?? {}, { [column]: value });
    }
    const { outcome, before, after } = await importRows(rows, mode);
    for (const { table, column, id, value } of changed) {
      const stored = valuesOf(after, table, id);
      if (takesOver(mode, table, column)) expect(stored[column], `${table}.${column}`).toEqual(value);
      else expect(stored, `${table}.${column}`).toEqual(valuesOf(before, table, id));
    }
    for (const table of Object.keys(otherValues)) {
      const taken = changed.filter((change) => change.table === table && takesOver(mode, table, change.column));
      expect(outcome.plan.tables[table], table).toMatchObject({ insert: 0, update: taken.length, conflict: 0 });
    }
  });

  test("never changes a primary key, created_at or created_by", async () => {
    await here(everyTable());
    const rows = everyTable();
    for (const [table, list] of Object.entries(rows)) {
      for (const row of list) {
        if ("created_at" in row) row["created_at"] = "2001-01-01T00:00:00Z";
        if ("created_by" in row) row["created_by"] = target.adminId;
        const column = metadataLike[table]?.[0];
        if (column !== undefined) row[column] = typeof row[column] === "string" ? "other" : { other: true };
      }
    }
    const { after, before } = await importRows(rows, mode);
    for (const [table, list] of Object.entries(rows)) {
      for (const { id } of list) {
        const [was, is] = [valuesOf(before, table, String(id)), valuesOf(after, table, String(id))];
        for (const column of neverChanged) expect(is[column], `${table}.${column}`).toEqual(was[column]);
      }
    }
  });
});

/** Rows of one table that differ in their ids must differ here, too. */
function anotherKey(table: string, id: string): Record<string, unknown> {
  if (table === "organizations") return { slug: id };
  if (table === "scopes") return { value: id };
  if (table === "assets") return { normalized_value: id };
  if (table === "asset_edges") return { to_asset_id: uuid(20), relation_type: edgeRelations[Number(id.slice(-4)) % edgeRelations.length] };
  if (table === "vulnerabilities") return { external_id: id };
  if (table === "files") return { object_key: `organizations/${id}` };
  return {};
}

const edgeRelations = ["resolves_to", "points_to", "exposes", "serves", "has_certificate", "redirects_to", "runs", "related_to"];

function takesOver(mode: ConflictMode, table: string, column: string): boolean {
  if (mode === "skip_existing" || table === "exposure_changes") return false;
  if (mode === "merge") return !neverChanged.includes(column) && !ofContent.includes(column);
  return metadataLike[table]?.includes(column) ?? false;
}

describe.each(modes)("the same thing under another id, %s", (mode) => {
  test("an organization by slug, its children by natural key, edges by both ends, files by key", async () => {
    const mine = everyTable();
    await here(mine);
    const file = sample.fileRow(160, 101, content, {
      object_key: mine["files"]?.[0]?.["object_key"],
      asset_id: uuid(120),
      vulnerability_id: uuid(150),
    });
    const rows: Rows = {
      organizations: [sample.organizationRow(101, { slug: "organization-1", description: "theirs" })],
      scopes: [sample.scopeRow(110, 101, { value: "scope-10.example", description: "theirs" })],
      assets: [
        sample.assetRow(120, 101, { normalized_value: "asset-20.example", metadata: { theirs: 1 } }),
        sample.assetRow(121, 101, { normalized_value: "asset-21.example", metadata: { theirs: 1 } }),
        sample.assetRow(122, 101),
      ],
      asset_edges: [
        sample.edgeRow(130, 101, 120, 121, { metadata: { theirs: 1 } }),
        sample.edgeRow(131, 101, 120, 122),
        sample.edgeRow(132, 101, 121, 120),
      ],
      scans: [sample.scanRow(140, 101)],
      scan_jobs: [sample.jobRow(141, 101, 140)],
      vulnerabilities: [
        sample.vulnerabilityRow(150, 101, 120, { external_id: "finding-50", metadata: { theirs: 1 }, scan_id: uuid(140) }),
        sample.vulnerabilityRow(151, 101, 121),
      ],
      files: [file],
      reports: [sample.reportRow(170, 101, { file_id: uuid(160), scan_id: uuid(140) })],
      exposure_changes: [sample.changeRow(180, 101, { asset_id: uuid(120), vulnerability_id: uuid(151) })],
    };
    const { outcome, after } = await importRows(rows, mode);
    const known = mode === "skip_existing" ? { skip: 1, remapped: 1 } : { update: 1, remapped: 1 };
    expect(outcome.plan.tables).toMatchObject({
      organizations: counts(known),
      scopes: counts(known),
      assets: counts(mode === "skip_existing" ? { skip: 2, remapped: 2, insert: 1 } : { update: 2, remapped: 2, insert: 1 }),
      asset_edges: counts({ ...known, insert: 2 }),
      vulnerabilities: counts({ ...known, insert: 1 }),
      scans: counts({ insert: 1 }),
      scan_jobs: counts({ insert: 1 }),
      reports: counts({ insert: 1 }),
      exposure_changes: counts({ insert: 1 }),
    });
    // Everything landed in the organization that was here, and points at what was here.
    for (const [table, found] of after.rows) {
      for (const key of found.keys()) {
        const values = valuesOf(after, table, key);
        if ("organization_id" in values) expect(values["organization_id"], table).toBe(uuid(1));
      }
    }
    expect(valuesOf(after, "asset_edges", uuid(131))).toMatchObject({ from_asset_id: uuid(20), to_asset_id: uuid(122) });
    expect(valuesOf(after, "asset_edges", uuid(132))).toMatchObject({ from_asset_id: uuid(21), to_asset_id: uuid(20) });
    expect(valuesOf(after, "vulnerabilities", uuid(151))).toMatchObject({ asset_id: uuid(21) });
    expect(valuesOf(after, "reports", uuid(170))).toMatchObject({ file_id: uuid(60), scan_id: uuid(140) });
    expect(valuesOf(after, "exposure_changes", uuid(180))).toMatchObject({ asset_id: uuid(20), vulnerability_id: uuid(151) });
    expect(valuesOf(after, "files", uuid(60))).toMatchObject({ asset_id: uuid(20), vulnerability_id: uuid(50) });
    expect(after.rows.get("files")?.size).toBe(1);
  });

  test("twins that come under each other's ids stay what they are", async () => {
    await here({ organizations: [sample.organizationRow(1), sample.organizationRow(2)] });
    const { outcome, before, after } = await importRows(
      {
        organizations: [
          sample.organizationRow(1, { slug: "organization-2", description: "x" }),
          sample.organizationRow(2, { slug: "organization-1", description: "x" }),
        ],
      },
      mode,
    );
    expect(outcome.plan.tables["organizations"]).toEqual(counts({ conflict: 2 }));
    expect(after.rows).toEqual(before.rows);
  });
});

describe.each(modes)("conflicts, %s", (mode) => {
  const organization = () => [sample.organizationRow(1), sample.organizationRow(2)];
  const asset = (id: number, name: string, changes = {}) => sample.assetRow(id, 1, { normalized_value: name, metadata: 0, ...changes });

  test.each<[string, Rows, Rows, Partial<Counts>]>([
    [
      "primary key meets one row, natural key another",
      { assets: [asset(20, "a"), asset(21, "b")] },
      { assets: [asset(20, "b", { metadata: 1 })] },
      { conflict: 1 },
    ],
    [
      "another organization's row",
      { assets: [asset(20, "a")] },
      { assets: [sample.assetRow(20, 2, { normalized_value: "a" })] },
      { conflict: 1 },
    ],
    [
      "a key that the bundle gives to another row, which is new",
      { assets: [asset(20, "a")] },
      { assets: [asset(20, "b", { metadata: 1 }), asset(25, "a")] },
      { conflict: 2 },
    ],
    [
      "keys exchanged in a ring",
      { assets: [asset(20, "a"), asset(21, "b"), asset(22, "c")] },
      { assets: [asset(20, "b"), asset(21, "c"), asset(22, "a")] },
      { conflict: 3 },
    ],
    [
      "keys handed down in a row",
      { assets: [asset(20, "a"), asset(21, "b")] },
      { assets: [asset(20, "b"), asset(21, "c"), asset(22, "a")] },
      { conflict: 3 },
    ],
  ])("%s", async (_name, mine, theirs, expected) => {
    await here({ organizations: organization(), ...mine });
    const { outcome, before, after } = await importRows({ organizations: organization(), ...theirs }, mode);
    expect(outcome.plan.tables["assets"]).toEqual(counts(expected));
    expect(after.rows).toEqual(before.rows);
    expect(outcome.warnings.filter(({ code }) => code.startsWith("conflict_")).map(({ count }) => count ?? 0).reduce(sum)).toBe(
      expected.conflict,
    );
  });

  test("what belongs to a row that is left alone and not here is left alone, too", async () => {
    await here({ organizations: organization(), assets: [asset(20, "a")] });
    const { outcome, before, after } = await importRows(
      {
        organizations: organization(),
        // Another organization's here, so that nothing of this one may hang on it.
        assets: [sample.assetRow(20, 2, { normalized_value: "a" }), sample.assetRow(21, 2)],
        asset_edges: [sample.edgeRow(30, 2, 20, 21), sample.edgeRow(31, 2, 21, 21)],
        vulnerabilities: [sample.vulnerabilityRow(50, 2, 20), sample.vulnerabilityRow(51, 2, 21)],
        exposure_changes: [sample.changeRow(80, 2, { asset_id: uuid(20), vulnerability_id: uuid(50) })],
      },
      mode,
    );
    expect(outcome.plan.tables).toMatchObject({
      assets: counts({ conflict: 1, insert: 1 }),
      asset_edges: counts({ conflict: 1, insert: 1 }),
      vulnerabilities: counts({ conflict: 1, insert: 1 }),
      exposure_changes: counts({ insert: 1 }),
    });
    expect(valuesOf(after, "assets", uuid(20))).toEqual(valuesOf(before, "assets", uuid(20)));
    expect(valuesOf(after, "exposure_changes", uuid(80))).toMatchObject({ asset_id: null, vulnerability_id: null });
    const lost = outcome.warnings.filter(({ table, column }) => table === "exposure_changes" && column?.endsWith("_id"));
    expect(lost.map(({ column, count }) => [column, count])).toEqual([["asset_id", 1], ["vulnerability_id", 1]]);
  });

  test("a reference to a row that is left alone does not take away one that is set", async () => {
    await here({
      organizations: organization(),
      assets: [asset(20, "a"), sample.assetRow(22, 2)],
      files: [sample.fileRow(60, 2, content, { asset_id: uuid(22) })],
      exposure_changes: [sample.changeRow(80, 2, { asset_id: uuid(22) })],
    });
    const { after } = await importRows(
      {
        organizations: organization(),
        assets: [sample.assetRow(20, 2, { normalized_value: "a" })],
        files: [sample.fileRow(60, 2, content, { asset_id: uuid(20), metadata: { new: 1 } })],
      },
      mode,
    );
    expect(valuesOf(after, "files", uuid(60))["asset_id"]).toBe(uuid(22));
  });

  test("everything in an organization that is left alone and not here is left alone", async () => {
    const mine = everyTable();
    await here({ organizations: [sample.organizationRow(2, { slug: "wanted" })] });
    const rows: Rows = {
      ...mine,
      // Its slug is that of an organization which the bundle has under its own id.
      organizations: [sample.organizationRow(1, { slug: "wanted" }), sample.organizationRow(2, { slug: "renamed" })],
    };
    const { outcome, before, after } = await importRows(rows, mode);
    expect(outcome.plan.tables["organizations"]).toEqual(counts({ conflict: 2 }));
    for (const [table, list] of Object.entries(mine)) {
      if (table !== "organizations") expect(outcome.plan.tables[table], table).toEqual(counts({ conflict: list.length }));
    }
    expect(after).toEqual(before);
  });

  test("an organization that is left alone but here still takes its new rows", async () => {
    await here({ organizations: organization() });
    const { outcome, after } = await importRows(
      { organizations: [sample.organizationRow(1, { slug: "organization-2" })], assets: [asset(20, "a")] },
      mode,
    );
    expect(outcome.plan.tables).toMatchObject({ organizations: counts({ conflict: 1 }), assets: counts({ insert: 1 }) });
    expect(valuesOf(after, "assets", uuid(20))).toMatchObject({ organization_id: uuid(1) });
  });

  test("two rows of the bundle that become the same thing here", async () => {
    await here({ organizations: organization(), assets: [asset(20, "a")] });
    const finding = { external_id: "x", matched_url: "" };
    const { outcome, after } = await importRows(
      {
        organizations: organization(),
        // 30 is what is here as 20; 20 itself is not in the bundle, and 60 belongs to it all the same.
        assets: [asset(30, "a")],
        vulnerabilities: [
          sample.vulnerabilityRow(60, 1, 20, finding),
          sample.vulnerabilityRow(61, 1, 30, finding),
          sample.vulnerabilityRow(62, 1, 30),
        ],
      },
      mode,
    );
    expect(outcome.plan.tables["vulnerabilities"]).toEqual(counts({ conflict: 2, insert: 1 }));
    expect([...(after.rows.get("vulnerabilities")?.keys() ?? [])]).toEqual([uuid(62)]);
    expect(outcome.warnings).toContainEqual(expect.objectContaining({ code: "conflict_natural_key_shared", count: 2 }));
  });
});

describe("references", () => {
  test("to rows that are only here are kept, to nobody become null and are counted, and take nothing away", async () => {
    await here({
      organizations: [sample.organizationRow(1)],
      assets: [sample.assetRow(20, 1)],
      scans: [sample.scanRow(40, 1)],
      vulnerabilities: [sample.vulnerabilityRow(50, 1, 20, { scan_id: uuid(40) })],
    });
    const nowhere = uuid(404);
    const rows: Rows = {
      organizations: [sample.organizationRow(1)],
      vulnerabilities: [
        sample.vulnerabilityRow(50, 1, 20, { scan_id: nowhere, title: "theirs" }),
        sample.vulnerabilityRow(51, 1, 20, { scan_id: nowhere }),
        sample.vulnerabilityRow(52, 1, 20, { scan_id: uuid(40) }),
      ],
    };
    const { outcome, after } = await importRows(rows, "merge");
    expect(valuesOf(after, "vulnerabilities", uuid(50))).toMatchObject({ title: "theirs", scan_id: uuid(40) });
    expect(valuesOf(after, "vulnerabilities", uuid(51))["scan_id"]).toBeNull();
    expect(valuesOf(after, "vulnerabilities", uuid(52))["scan_id"]).toBe(uuid(40));
    expect(outcome.warnings).toContainEqual(
      expect.objectContaining({ code: "reference_lost", table: "vulnerabilities", column: "scan_id", count: 2 }),
    );
  });

  test("to another organization's row here lead nowhere", async () => {
    await here({ organizations: [sample.organizationRow(1), sample.organizationRow(2)], scans: [sample.scanRow(40, 2)] });
    const { after } = await importRows(
      { organizations: [sample.organizationRow(1)], reports: [sample.reportRow(70, 1, { scan_id: uuid(40) })] },
      "merge",
    );
    expect(valuesOf(after, "reports", uuid(70))["scan_id"]).toBeNull();
  });

  test("to users who are here stay, others become null with a warning that counts them, and take nobody away", async () => {
    await here({ organizations: [sample.organizationRow(1)], assets: [sample.assetRow(20, 1)] });
    await here({ vulnerabilities: [sample.vulnerabilityRow(50, 1, 20, { assigned_to: target.adminId })] });
    const { outcome, after } = await importRows(
      {
        organizations: [sample.organizationRow(1)],
        assets: [sample.assetRow(20, 1)],
        vulnerabilities: [
          sample.vulnerabilityRow(50, 1, 20, { assigned_to: sample.stranger, title: "theirs" }),
          sample.vulnerabilityRow(51, 1, 20, { assigned_to: sample.stranger, resolved_by: target.adminId }),
        ],
      },
      "merge",
    );
    expect(valuesOf(after, "vulnerabilities", uuid(50))).toMatchObject({ title: "theirs", assigned_to: target.adminId });
    expect(valuesOf(after, "vulnerabilities", uuid(51))).toMatchObject({ assigned_to: null, resolved_by: target.adminId });
    expect(outcome.warnings).toContainEqual(
      expect.objectContaining({ code: "user_unknown", table: "vulnerabilities", column: "assigned_to", count: 2 }),
    );
    expect(outcome.warnings.filter(({ column }) => column === "resolved_by")).toEqual([]);
  });

  test("who created a row is the importing admin for new rows, and who it was for those that are here", async () => {
    await here({ organizations: [sample.organizationRow(1)] });
    const { rows } = await target.pool.query<{ id: string }>(
      "INSERT INTO users (email, password_hash, role) VALUES ('second@example.com', 'none', 'admin') RETURNING id",
    );
    const file = await makeBundle(target.folder, {
      organizations: [sample.organizationRow(1, { name: "Other" }), sample.organizationRow(2)],
    });
    await importChecked(target, file, "merge", { importingUserId: String(rows[0]?.id) });
    const after = await takeSnapshot(target);
    expect(valuesOf(after, "organizations", uuid(1))).toMatchObject({ name: "Other", created_by: target.adminId });
    expect(valuesOf(after, "organizations", uuid(2))["created_by"]).toBe(rows[0]?.id);
  });

  test("memberships are counted and skipped", async () => {
    const { outcome, after } = await importRows(
      {
        organizations: [sample.organizationRow(1)],
        organization_members: [sample.memberRow(90, 1, target.adminId), sample.memberRow(91, 1, sample.stranger)],
      },
      "merge",
    );
    expect(outcome.plan.tables["organization_members"]).toEqual(counts({ skip: 2 }));
    expect(after.rows.get("organization_members")?.size).toBe(0);
    expect(outcome.warnings).toContainEqual(expect.objectContaining({ code: "memberships_skipped", count: 2 }));
  });
});

interface Counts {
  insert: number;
  update: number;
  unchanged: number;
  skip: number;
  conflict: number;
  remapped: number;
}

function counts(some: Partial<Counts>): Counts {
  return { insert: 0, update: 0, unchanged: 0, skip: 0, conflict: 0, remapped: 0, ...some };
}

const sum = (left: number, right: number) => left + right;

/** Rows that are here before; whoever created them in a bundle is the admin here. */
async function here(rows: Rows): Promise<void> {
  await insertRows(target, rows);
}

async function importRows(
  rows: Rows,
  mode: ConflictMode,
): Promise<{ outcome: ImportOutcome } & Pick<Awaited<ReturnType<typeof importChecked>>, "before" | "after">> {
  const objects = Object.fromEntries((rows["files"] ?? []).map((row) => [String(row["id"]), content]));
  return importChecked(target, await makeBundle(target.folder, rows, objects), mode);
}
