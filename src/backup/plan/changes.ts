import type { PoolClient } from "pg";
import { z } from "zod";

import { conflictRules, type ConflictMode } from "../conflict";
import { identifier } from "../rows/sql";
import { bundleObjects } from "./bundle-objects";
import { withKeptSecrets } from "./kept-secrets";
import { canBeLost, lostFlag, resolvedRows, type StagedTables } from "./resolved-rows";
import type { StagedTable } from "./staged-table";

/** The columns of a table that a mode updates, where the bundle has them. */
export function updatedColumns(staged: StagedTable, mode: ConflictMode): string[] {
  if (staged.definition.importRule !== "import") return [];
  const { updatedRoles } = conflictRules[mode];
  return staged.columns.filter((name) => {
    const role = staged.definition.columns[name]?.role;
    return role !== undefined && updatedRoles.includes(role);
  });
}

/**
 * What a column of an existing row becomes. A reference that leads nowhere here does not
 * take away one that is set, nor does what an export made null, and what describes an
 * object's bytes changes only with them.
 *
 * @param here alias of the table's own row, `r`: of the resolved one, `o`: of the bundle's object
 */
export function updatedValue(staged: StagedTable, column: string, here: string): string {
  const imported = identifier("r", column);
  const existing = identifier(here, column);
  if (staged.definition.columns[column]?.role === "content") return `CASE WHEN o.file_id IS NULL THEN ${existing} ELSE ${imported} END`;
  if (staged.scrubbedColumns.has(column)) return withKeptSecrets(imported, existing);
  if (canBeLost(staged, column)) return `CASE WHEN r.${lostFlag(column)} THEN ${existing} ELSE ${imported} END`;
  return imported;
}

/** The join that gives updatedValue its `o`. */
export function objectJoin(staged: StagedTable): string {
  return staged.name === "files" ? `LEFT JOIN ${bundleObjects} o ON o.file_id = r.id` : "";
}

/** For a table of which nothing was here, or of which nothing is updated. */
export async function createNoChanges(client: PoolClient, staged: StagedTable, modes: readonly ConflictMode[]): Promise<void> {
  const columns = modes.map((mode) => `${identifier(mode)} boolean`);
  await client.query(
    `CREATE TEMPORARY TABLE ${staged.changes} (row_index integer, target_id uuid, ${columns.join(", ")}) ON COMMIT DROP`,
  );
}

/** Compares the rows that are here with what each mode would make of them, and notes those that would change. */
export async function findChanges(
  client: PoolClient,
  staged: StagedTable,
  modes: readonly ConflictMode[],
  tables: StagedTables,
  importingUserId: string,
): Promise<void> {
  if (modes.every((mode) => updatedColumns(staged, mode).length === 0)) {
    await createNoChanges(client, staged, modes);
    return;
  }
  const differences = modes.map((mode) => {
    const columns = updatedColumns(staged, mode);
    if (columns.length === 0) return `false AS ${identifier(mode)}`;
    const existing = columns.map((column) => identifier("here", column)).join(", ");
    const updated = columns.map((column) => updatedValue(staged, column, "here")).join(", ");
    return `ROW(${existing}) IS DISTINCT FROM ROW(${updated}) AS ${identifier(mode)}`;
  });
  const resolved = resolvedRows(staged, tables, importingUserId);
  const here = identifier(staged.name);
  const pairs = staged.areThemselves
    ? `${resolved} r JOIN ${here} here ON here.id = r.id`
    : `${staged.knownRows} k JOIN ${resolved} r ON r.row_index = k.row_index AND k.conflict IS NULL JOIN ${here} here ON here.id = k.target_id`;
  await client.query(
    `CREATE TEMPORARY TABLE ${staged.changes} ON COMMIT DROP AS
     SELECT * FROM (
       SELECT r.row_index, here.id AS target_id, ${differences.join(", ")} FROM ${pairs} ${objectJoin(staged)}
     ) AS compared
     WHERE ${modes.map((mode) => identifier(mode)).join(" OR ")}`,
  );
  await countChanges(client, staged, modes);
}

const updates = z.tuple([z.record(z.string(), z.object({ count: z.number(), hash: z.string() }))]);

async function countChanges(client: PoolClient, staged: StagedTable, modes: readonly ConflictMode[]): Promise<void> {
  const counted = modes.map(
    (mode) => `json_build_object(
      'count', count(*) FILTER (WHERE ${identifier(mode)}),
      'hash', coalesce(sum(hashint4extended(row_index, 0)) FILTER (WHERE ${identifier(mode)}), 0)::text) AS ${identifier(mode)}`,
  );
  const { rows } = await client.query(`SELECT ${counted.join(", ")} FROM ${staged.changes}`);
  const [byMode] = updates.parse(rows);
  for (const mode of modes) {
    const changed = byMode[mode];
    if (changed !== undefined) staged.updatesByMode.set(mode, changed);
  }
}
