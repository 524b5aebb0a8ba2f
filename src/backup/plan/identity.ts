import type { PoolClient } from "pg";
import { z } from "zod";

import { identifier } from "../rows/sql";
import { resolvedRows, type StagedTables } from "./resolved-rows";
import type { StagedTable } from "./staged-table";

/** Why a row of a bundle is left alone. */
export const conflictReasons = {
  other_organization: "it belongs to another organization here",
  natural_key_taken: "its natural key belongs to another row here",
  natural_key_claimed: "another row of the bundle claims the natural key that it has here",
  natural_key_of_bundle_row: "its natural key belongs here to a row that the bundle has under that row's own id",
  natural_key_shared: "another row of the bundle becomes the same thing here",
  parent_left_alone: "what it belongs to is left alone",
  object_taken: "another object is stored under its key here",
} as const;

export type ConflictReason = keyof typeof conflictReasons;

/**
 * Finds the rows of a table that are not simply new and notes them in `known`: the same
 * by primary key, the same thing under another id by natural key, or in conflict. None of
 * it depends on the conflict mode. A conflict touches neither row, so that importing the
 * bundle again finds the same conflict.
 */
export async function identifyRows(
  client: PoolClient,
  staged: StagedTable,
  tables: StagedTables,
  importingUserId: string,
): Promise<void> {
  const resolved = resolvedRows(staged, tables, importingUserId);
  await createKnownRows(client, staged);
  if (await hasRows(client, staged)) {
    await findByPrimaryKey(client, staged, resolved);
    if (staged.definition.naturalKey.length > 0) await findByNaturalKey(client, staged, resolved);
  }
  await findOrphans(client, staged, tables, resolved);
  await findSharedKeys(client, staged, tables, resolved);
}

/** Nothing is known yet. */
export async function createKnownRows(client: PoolClient, staged: StagedTable): Promise<void> {
  await client.query(
    `CREATE TEMPORARY TABLE ${staged.knownRows}
     (row_index integer PRIMARY KEY, id uuid, target_id uuid, remapped boolean, conflict text, same_key boolean) ON COMMIT DROP`,
  );
}

async function hasRows(client: PoolClient, staged: StagedTable): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM ${identifier(staged.name)} LIMIT 1`);
  return rowCount === 1;
}

async function findByPrimaryKey(client: PoolClient, staged: StagedTable, resolved: string): Promise<void> {
  const sameOrganization = staged.hasOrganization ? "here.organization_id IS NOT DISTINCT FROM r.organization_id" : "true";
  await client.query(
    `INSERT INTO ${staged.knownRows}
     SELECT r.row_index, r.id, CASE WHEN ${sameOrganization} THEN here.id END, false,
            CASE WHEN NOT (${sameOrganization}) THEN 'other_organization' END, ${sameNaturalKey(staged, "here", "r")}
     FROM ${resolved} r JOIN ${identifier(staged.name)} here ON here.id = r.id`,
  );
  await client.query(`ANALYZE ${staged.knownRows}`);
}

async function findByNaturalKey(client: PoolClient, staged: StagedTable, resolved: string): Promise<void> {
  const holders = identifier(`holders_${staged.name}`);
  const sameOrganization = staged.hasOrganization ? "here.organization_id = r.organization_id" : "true";
  await client.query(
    `CREATE TEMPORARY TABLE ${holders} ON COMMIT DROP AS
     SELECT r.row_index, r.id, here.id AS holder_id, ${sameOrganization} AS same_organization,
            b.id IS NOT NULL AS holder_in_bundle
     FROM ${resolved} r
     LEFT JOIN ${staged.knownRows} k ON k.row_index = r.row_index
     JOIN ${identifier(staged.name)} here ON ${sameNaturalKey(staged, "here", "r")}
     LEFT JOIN ${staged.stage} b ON b.id = here.id
     WHERE k.same_key IS NOT TRUE AND here.id <> r.id`,
  );
  await client.query(`ANALYZE ${holders}`);
  await client.query(
    `UPDATE ${staged.knownRows} k SET conflict = 'natural_key_taken'
     FROM ${holders} h WHERE h.row_index = k.row_index AND k.conflict IS NULL`,
  );
  await client.query(
    `UPDATE ${staged.knownRows} k SET conflict = 'natural_key_claimed'
     FROM ${holders} h WHERE h.holder_id = k.id AND k.conflict IS NULL`,
  );
  await client.query(
    `INSERT INTO ${staged.knownRows}
     SELECT h.row_index, h.id, CASE WHEN reason.name IS NULL THEN h.holder_id END, reason.name IS NULL, reason.name, true
     FROM ${holders} h,
          LATERAL (SELECT CASE WHEN NOT h.same_organization THEN 'other_organization'
                               WHEN h.holder_in_bundle THEN 'natural_key_of_bundle_row' END AS name) reason
     ON CONFLICT (row_index) DO NOTHING`,
  );
}

/** Rows whose required reference leads to a row that is left alone and is not here. */
async function findOrphans(
  client: PoolClient,
  staged: StagedTable,
  tables: StagedTables,
  resolved: string,
): Promise<void> {
  const orphaning = Object.entries(staged.definition.columns).filter(([, column]) => {
    const parent = column.references === null ? undefined : tables.get(column.references);
    return parent !== undefined && parent.unusable > 0 && !column.nullable;
  });
  if (orphaning.length === 0) return;
  const lost = orphaning.map(([name]) => `${identifier("r", name)} IS NULL`).join(" OR ");
  await markConflict(client, staged, `SELECT r.row_index, r.id FROM ${resolved} r WHERE ${lost}`, "parent_left_alone");
}

/** Only rows whose references moved can come to share a natural key: the bundle's own are unique. */
async function findSharedKeys(
  client: PoolClient,
  staged: StagedTable,
  tables: StagedTables,
  resolved: string,
): Promise<void> {
  const { naturalKey, columns } = staged.definition;
  const moved = naturalKey.some((name) => (tables.get(columns[name]?.references ?? "")?.moved ?? 0) > 0);
  if (!moved) return;
  const key = naturalKey.map((name) => identifier("r", name)).join(", ");
  const whole = naturalKey.map((name) => `${identifier("r", name)} IS NOT NULL`).join(" AND ");
  const shared = `SELECT row_index, id FROM (
      SELECT r.row_index, r.id, count(*) OVER (PARTITION BY ${key}) AS sharing FROM ${resolved} r WHERE ${whole}
    ) counted WHERE sharing > 1`;
  await markConflict(client, staged, shared, "natural_key_shared");
}

/** Marks rows (row_index, id) as in conflict unless they already are; a new row gets no row to use. */
export async function markConflict(
  client: PoolClient,
  staged: StagedTable,
  rows: string,
  reason: ConflictReason,
): Promise<void> {
  await client.query(
    `INSERT INTO ${staged.knownRows} AS k (row_index, id, target_id, remapped, conflict)
     SELECT row_index, id, NULL, false, $1 FROM (${rows}) AS conflicting
     ON CONFLICT (row_index) DO UPDATE
     SET conflict = coalesce(k.conflict, excluded.conflict),
         target_id = CASE WHEN k.target_id = k.id THEN k.target_id END,
         remapped = false`,
    [reason],
  );
}

const isItself = "target_id = id AND conflict IS NULL";

function sameNaturalKey(staged: StagedTable, left: string, right: string): string {
  const { naturalKey } = staged.definition;
  if (naturalKey.length === 0) return "true";
  return naturalKey.map((name) => `${identifier(left, name)} = ${identifier(right, name)}`).join(" AND ");
}

const sums = z.tuple([
  z.object({
    known: z.number(),
    themselves: z.number(),
    conflicts: z.number(),
    remapped: z.number(),
    moved: z.number(),
    unusable: z.number(),
    hash: z.string(),
  }),
]);

/** Counts what was found, and notes for the tables that follow which ids of this one lead elsewhere. Nothing about identity changes after it. */
export async function settleIdentity(client: PoolClient, staged: StagedTable): Promise<void> {
  const { rows } = await client.query(
    `SELECT count(*)::integer AS known,
            count(*) FILTER (WHERE ${isItself})::integer AS themselves,
            count(conflict)::integer AS conflicts,
            count(*) FILTER (WHERE remapped)::integer AS remapped,
            count(*) FILTER (WHERE target_id IS DISTINCT FROM id)::integer AS moved,
            count(*) FILTER (WHERE target_id IS NULL)::integer AS unusable,
            coalesce(sum(CASE WHEN ${isItself} THEN hashint4extended(row_index, 0)
                              ELSE hashtextextended(concat_ws('|', row_index, target_id, conflict), 0) END), 0) AS hash
     FROM ${staged.knownRows}`,
  );
  staged.identity = sums.parse(rows)[0];
  if (staged.moved === 0) return;
  await client.query(
    `CREATE TEMPORARY TABLE ${staged.movedRows} ON COMMIT DROP AS
     SELECT id AS from_id, target_id AS to_id FROM ${staged.knownRows} WHERE target_id IS DISTINCT FROM id`,
  );
  await client.query(`ANALYZE ${staged.movedRows}`);
}
