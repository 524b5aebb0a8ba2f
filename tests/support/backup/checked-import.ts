import { expect } from "vitest";

import type { ConflictMode, ImportOutcome } from "@/backup";

import type { Changes, Installation } from "../backup";
import { effectOnRows, takeSnapshot, valuesOf, type Snapshot } from "./snapshot";

/** The columns that overwrite_metadata_only may change, as the design lists them. */
const metadataColumns: Readonly<Record<string, readonly string[]>> = {
  organizations: ["description", "settings"],
  scopes: ["description"],
  organization_members: [],
  assets: ["metadata", "tags", "confidence", "last_seen_at"],
  asset_edges: ["metadata", "confidence", "last_seen_at"],
  vulnerabilities: ["metadata", "evidence", "remediation", "references", "last_seen_at"],
  scans: ["summary"],
  scan_jobs: ["result_summary"],
  reports: ["title", "parameters"],
  files: ["metadata", "original_name", "content_type"],
  exposure_changes: [],
};

const importedTables = Object.keys(metadataColumns);

/** What no mode ever changes. */
const unchanging = ["id", "organization_id", "created_at", "created_by"];

export interface CheckedImport {
  outcome: ImportOutcome;
  before: Snapshot;
  after: Snapshot;
}

/**
 * Previews, imports, and holds every promise that is the same for all imports against what
 * really changed in database and storage; then imports again, which must change nothing.
 */
export async function importChecked(
  target: Installation,
  file: string,
  mode: ConflictMode,
  changes: Changes = {},
): Promise<CheckedImport> {
  const before = await takeSnapshot(target);
  const preview = await target.preview(file, changes);
  expect(await takeSnapshot(target), "a preview changes nothing").toEqual(before);

  const outcome = await target.import(file, mode, { ...changes, expectedPlan: preview.plan[mode].digest });
  const after = await takeSnapshot(target);
  expect(outcome.plan, "the plan is the preview's").toEqual(preview.plan[mode]);
  expect(outcome).toMatchObject({
    conflict_mode: mode,
    counts: preview.counts,
    objects: preview.objects,
    warnings: preview.warnings,
  });
  checkRows(before, after, mode, outcome);
  checkObjects(before, after, outcome);
  await checkAgain(target, file, mode, changes, after);
  return { outcome, before, after };
}

function checkRows(before: Snapshot, after: Snapshot, mode: ConflictMode, { plan, counts }: ImportOutcome): void {
  expect(Object.keys(plan.tables).sort()).toEqual([...importedTables].sort());
  for (const table of before.rows.keys()) {
    const effect = effectOnRows(before, after, table);
    const planned = plan.tables[table] ?? { insert: 0, update: 0, unchanged: 0, skip: 0, conflict: 0, remapped: 0 };
    const { insert, update, unchanged, skip, conflict, remapped } = planned;
    expect(effect.deleted, `${table}: deleted`).toEqual([]);
    expect(effect.inserted.length, `${table}: inserted`).toBe(insert);
    expect(effect.updated.length, `${table}: updated`).toBe(update);
    expect(effect.rewritten, `${table}: written again`).toEqual(effect.updated);
    expect(insert + update + unchanged + skip + conflict, `${table}: all rows`).toBe(counts.tables[table] ?? 0);
    expect(remapped, `${table}: remapped`).toBeLessThanOrEqual(update + unchanged + skip);
    if (mode === "skip_existing" || table === "exposure_changes") expect(update, `${table}: update`).toBe(0);
    for (const key of effect.updated) checkUpdate(before, after, mode, table, key);
  }
}

function checkUpdate(before: Snapshot, after: Snapshot, mode: ConflictMode, table: string, key: string): void {
  const was = valuesOf(before, table, key);
  const is = valuesOf(after, table, key);
  const changed = Object.keys(was).filter((column) => JSON.stringify(was[column]) !== JSON.stringify(is[column]));
  for (const column of changed) {
    if (mode === "overwrite_metadata_only") expect(metadataColumns[table], `${table} ${key}`).toContain(column);
    expect(unchanging, `${table} ${key}`).not.toContain(column);
  }
}

function checkObjects(before: Snapshot, after: Snapshot, { plan, conflict_mode: mode }: ImportOutcome): void {
  const added = [...after.objects.keys()].filter((key) => !before.objects.has(key));
  const replaced = [...before.objects].filter(([key, sha256]) => after.objects.get(key) !== sha256);
  expect(replaced.filter(([key]) => !after.objects.has(key)), "objects deleted").toEqual([]);
  expect(added.length, "objects written").toBe(plan.objects.write);
  expect(replaced.length, "objects replaced").toBe(plan.objects.replace);
  if (mode !== "merge") expect(plan.objects.replace).toBe(0);
}

async function checkAgain(target: Installation, file: string, mode: ConflictMode, changes: Changes, after: Snapshot) {
  const { plan, warnings } = await target.import(file, mode, changes);
  expect(warnings).toBeDefined();
  for (const [table, { insert, update }] of Object.entries(plan.tables)) {
    expect({ insert, update }, `${table}: the second time`).toEqual({ insert: 0, update: 0 });
  }
  expect(plan.objects, "objects the second time").toEqual({ write: 0, replace: 0, bytes: 0 });
  expect(await takeSnapshot(target), "the second time changes nothing").toEqual(after);
}
