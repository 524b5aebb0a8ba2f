import type { PoolClient } from "pg";
import { z } from "zod";

import type { Warning } from "../report";
import { identifier } from "../rows/sql";
import type { Column } from "../tables";
import type { StagedTables } from "./resolved-rows";
import type { RowErrors } from "./row-errors";
import { rowsOf } from "./rows-of";
import type { StagedTable } from "./staged-table";

/**
 * Looks where every reference of a table leads: to a row of the bundle, else to a row of
 * the same organization here, else nowhere. A required reference that leads nowhere, or to
 * another organization's row in the bundle, is an error; an optional one is noted in a
 * `lost` table, becomes null on import, and is counted in a warning. So is one that leads
 * to a row which is left alone and is not here.
 */
export async function resolveReferences(
  client: PoolClient,
  staged: StagedTable,
  tables: StagedTables,
  errors: RowErrors,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const reference of referenceColumns(staged, tables)) {
    const lost = await resolveReference(client, staged, reference, tables, errors);
    const leftAlone = await countLeftAlone(client, staged, reference);
    for (const warning of [lost, leftAlone]) if (warning !== null) warnings.push(warning);
  }
  return warnings;
}

export interface ReferenceColumn {
  name: string;
  column: Column;
  parent: StagedTable;
}

/** The columns of the bundle that refer to another of its tables. */
export function referenceColumns(staged: StagedTable, tables: StagedTables): ReferenceColumn[] {
  return staged.columns.flatMap((name) => {
    const column = staged.definition.columns[name];
    const parent = tables.get(column?.references ?? "");
    return column === undefined || parent === undefined ? [] : [{ name, column, parent }];
  });
}

async function resolveReference(
  client: PoolClient,
  staged: StagedTable,
  { name, column, parent }: ReferenceColumn,
  tables: StagedTables,
  errors: RowErrors,
): Promise<Warning | null> {
  const loose = identifier(`loose_${staged.name}_${name}`);
  if ((await collectLoose(client, staged, name, parent, loose)) === 0) return null;
  if (parent.hasOrganization) await refuseCrossings(client, staged, name, parent, loose, errors);
  const rows = await collectLost(client, staged, name, parent, tables, loose);
  if (rows === 0) return null;
  if (!column.nullable) {
    await refuseLost(client, staged, name, parent, loose, rows, errors);
    return null;
  }
  staged.lossyColumns.add(name);
  return lostWarning(staged, name, parent, rows);
}

export function lostWarning(staged: StagedTable, name: string, parent: StagedTable, rows: number): Warning {
  return {
    code: "reference_lost",
    message: `${rowsOf(rows, staged.name)} with a reference in ${name} to a row of ${parent.name} that is neither in the bundle nor here: it becomes null.`,
    table: staged.name,
    column: name,
    count: rows,
  };
}

/** Optional references to rows of the bundle that nothing here stands for; rows that require one are left alone, too. */
async function countLeftAlone(
  client: PoolClient,
  staged: StagedTable,
  { name, column, parent }: ReferenceColumn,
): Promise<Warning | null> {
  if (!column.nullable || parent.unusable === 0) return null;
  const rows = await countRows(
    client,
    `${staged.stage} s JOIN ${parent.movedRows} m ON m.from_id = ${identifier("s", name)} WHERE m.to_id IS NULL`,
  );
  if (rows === 0) return null;
  staged.cutColumns.add(name);
  return {
    code: "reference_left_alone",
    message: `${rowsOf(rows, staged.name)} with a reference in ${name} to a row of ${parent.name} that is left alone and is not here: it becomes null.`,
    table: staged.name,
    column: name,
    count: rows,
  };
}

/** References that no row of the bundle answers, or one of another organization. */
async function collectLoose(
  client: PoolClient,
  staged: StagedTable,
  name: string,
  parent: StagedTable,
  loose: string,
): Promise<number> {
  const own = identifier("s", name);
  const organization = staged.hasOrganization ? "s.organization_id" : "NULL::uuid";
  const crossing = parent.hasOrganization ? " OR p.organization_id <> s.organization_id" : "";
  const { rowCount } = await client.query(
    `CREATE TEMPORARY TABLE ${loose} ON COMMIT DROP AS
     SELECT s.row_index, ${own} AS id, ${organization} AS organization_id, p.id IS NULL AS outside
     FROM ${staged.stage} s LEFT JOIN ${parent.stage} p ON p.id = ${own}
     WHERE ${own} IS NOT NULL AND (p.id IS NULL${crossing})`,
  );
  return rowCount ?? 0;
}

/**
 * Notes which loose references lead nowhere here either, and counts the rows that hold them.
 * Those of an organization that is left alone and is not here don't matter: so are its rows.
 */
async function collectLost(
  client: PoolClient,
  staged: StagedTable,
  name: string,
  parent: StagedTable,
  tables: StagedTables,
  loose: string,
): Promise<number> {
  const organizations = tables.get("organizations");
  const movedOrganizations = parent.hasOrganization && organizations !== undefined && organizations.moved > 0;
  const organizationHere = movedOrganizations
    ? `CASE WHEN m.from_id IS NULL THEN l.organization_id ELSE m.to_id END`
    : "l.organization_id";
  const sameOrganization = parent.hasOrganization ? `AND here.organization_id = ${organizationHere}` : "";
  await client.query(
    `CREATE TEMPORARY TABLE ${staged.lost(name)} ON COMMIT DROP AS
     SELECT DISTINCT l.id, l.organization_id FROM ${loose} l
     ${movedOrganizations ? `LEFT JOIN ${organizations.movedRows} m ON m.from_id = l.organization_id` : ""}
     LEFT JOIN ${identifier(parent.name)} here ON here.id = l.id ${sameOrganization}
     WHERE l.outside AND here.id IS NULL${movedOrganizations ? " AND (m.from_id IS NULL OR m.to_id IS NOT NULL)" : ""}`,
  );
  return countRows(client, `${loose} l JOIN ${staged.lost(name)} lost ON ${sameReference}`);
}

const sameReference = "lost.id = l.id AND lost.organization_id IS NOT DISTINCT FROM l.organization_id";

async function refuseCrossings(
  client: PoolClient,
  staged: StagedTable,
  name: string,
  parent: StagedTable,
  loose: string,
  errors: RowErrors,
): Promise<void> {
  const count = await countRows(client, `${loose} l WHERE NOT l.outside`);
  if (count === 0) return;
  const reason = `refers to a row of ${parent.name} that belongs to another organization`;
  await tell(client, staged, name, `${loose} l WHERE NOT l.outside`, "reference_crosses_organizations", reason, count, errors);
}

async function refuseLost(
  client: PoolClient,
  staged: StagedTable,
  name: string,
  parent: StagedTable,
  loose: string,
  count: number,
  errors: RowErrors,
): Promise<void> {
  const source = `${loose} l JOIN ${staged.lost(name)} lost ON ${sameReference}`;
  const reason = `refers to a row of ${parent.name} that is neither in the bundle nor here`;
  await tell(client, staged, name, source, "reference_missing", reason, count, errors);
}

const rowIndexes = z.array(z.object({ row_index: z.number() }));

/** Adds an error for the first rows of a source, and counts the others. */
async function tell(
  client: PoolClient,
  staged: StagedTable,
  column: string,
  source: string,
  code: string,
  reason: string,
  count: number,
  errors: RowErrors,
): Promise<void> {
  const { rows } = await client.query(`SELECT l.row_index FROM ${source} ORDER BY l.row_index LIMIT ${errors.room}`);
  const told = rowIndexes.parse(rows);
  for (const { row_index: row } of told) {
    errors.add({ code, message: `${staged.name}, row ${row}, ${column}: ${reason}`, table: staged.name, row, column });
  }
  errors.addUntold(count - told.length);
}

const counted = z.tuple([z.object({ count: z.string().transform(Number) })]);

async function countRows(client: PoolClient, source: string): Promise<number> {
  const { rows } = await client.query(`SELECT count(*) FROM ${source}`);
  return counted.parse(rows)[0].count;
}
