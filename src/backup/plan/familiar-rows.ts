import type { PoolClient } from "pg";
import { z } from "zod";

import { identifier } from "../rows/sql";
import { referenceColumns, type ReferenceColumn } from "./references";
import type { StagedTables } from "./resolved-rows";
import type { StagedTable } from "./staged-table";

/** Where these many are not all familiar, as in most bundles that bring anything new, the others are not looked at. */
const rowsTried = 100;

/** To scan and hash that many of a parent's rows takes as long as to look one of them up by its key. */
const rowsScannedPerLookup = 8;

/**
 * Whether a table's rows all stand here already under their own ids, with their organizations
 * and natural keys, and refer to nothing but rows of their organizations. Nothing remains to
 * be decided about such rows: no two of them share a natural key, since no two here do, every
 * reference leads somewhere, and each row is itself. Their other values may differ.
 *
 * Any other answer than yes is a "perhaps not", which the whole of the rules decides.
 */
export async function areFamiliar(client: PoolClient, staged: StagedTable, tables: StagedTables): Promise<boolean> {
  const references = referenceColumns(staged, tables);
  // It would change what a row's key and organization are.
  if (references.some(({ parent }) => parent.moved > 0)) return false;
  const tried = Math.min(rowsTried, staged.rows);
  if ((await countThemselves(client, staged, `(SELECT * FROM ${staged.stage} LIMIT ${tried})`)) < tried) return false;
  if ((await countThemselves(client, staged, staged.stage)) < staged.rows) return false;
  // Of the organization it is known already: the row here belongs to it.
  const others = references.filter(({ name }) => name !== "organization_id");
  return others.length === 0 || (await countSound(client, staged, others)) === staged.rows;
}

const counted = z.tuple([z.object({ count: z.string().transform(Number) })]);

/** Rows here that are among these: as many as these are only where no two of these have the same id. */
async function countThemselves(client: PoolClient, staged: StagedTable, rows: string): Promise<number> {
  const key = new Set(["id", ...(staged.hasOrganization ? ["organization_id"] : []), ...staged.definition.naturalKey]);
  const same = [...key].map((name) => `${identifier("here", name)} = ${identifier("s", name)}`);
  const { rows: counts } = await client.query(
    `SELECT count(*) FROM ${identifier(staged.name)} here WHERE EXISTS (SELECT FROM ${rows} s WHERE ${same.join(" AND ")})`,
  );
  return counted.parse(counts)[0].count;
}

/** Rows that refer to nothing but rows of their organizations. */
async function countSound(client: PoolClient, staged: StagedTable, references: readonly ReferenceColumn[]): Promise<number> {
  const joins = references.map((reference) => joinParent(staged, reference));
  // As conditions of the joins, PostgreSQL would multiply their chances, expect few rows, and look them up one by one.
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE ${references.map(isSound).join(" AND ")}) FROM ${staged.stage} s ${joins.join(" ")}`,
  );
  return counted.parse(rows)[0].count;
}

/** A parent that is in the bundle and here belongs to the same organization in both, since none is moved; here it has an index. */
function joinParent(staged: StagedTable, { name, parent }: ReferenceColumn): string {
  const isLookedUp = parent.rows === 0 || staged.rows * rowsScannedPerLookup < parent.rows;
  const alias = identifier(`parent ${name}`);
  const rows = isLookedUp ? identifier(parent.name) : parent.stage;
  return `LEFT JOIN ${rows} ${alias} ON ${alias}.id = ${identifier("s", name)}`;
}

function isSound({ name, column }: ReferenceColumn): string {
  const isOfOrganization = `${identifier(`parent ${name}`, "organization_id")} = s.organization_id`;
  return column.nullable ? `(${identifier("s", name)} IS NULL OR ${isOfOrganization})` : isOfOrganization;
}
