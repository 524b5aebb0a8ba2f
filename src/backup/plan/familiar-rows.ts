import type { PoolClient } from "pg";
import { z } from "zod";

import { identifier } from "../rows/sql";
import { areIdsDistinct } from "./duplicates";
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
  const first = `(SELECT * FROM ${staged.stage} LIMIT ${tried})`;
  if ((await countFamiliar(client, staged, first, [])) < tried) return false;
  // Of the organization it is known already: the row here belongs to it.
  const others = references.filter(({ name }) => name !== "organization_id");
  if ((await countFamiliar(client, staged, staged.stage, others)) < staged.rows) return false;
  // An id that stands twice was found twice.
  return areIdsDistinct(client, staged);
}

const counted = z.tuple([z.object({ count: z.string().transform(Number) })]);

async function countFamiliar(
  client: PoolClient,
  staged: StagedTable,
  rows: string,
  references: readonly ReferenceColumn[],
): Promise<number> {
  const key = new Set(["id", ...(staged.hasOrganization ? ["organization_id"] : []), ...staged.definition.naturalKey]);
  const same = [...key].map((name) => `${identifier("here", name)} = ${identifier("s", name)}`);
  const joins = references.map((reference) => joinParent(staged, reference));
  // As conditions of the joins, PostgreSQL would multiply their chances, expect few rows, and look them up one by one.
  const { rows: counts } = await client.query(
    `SELECT count(*) FILTER (WHERE ${[...same, ...references.map(isSound)].join(" AND ")})
     FROM ${rows} s LEFT JOIN ${identifier(staged.name)} here ON here.id = s.id ${joins.join(" ")}`,
  );
  return counted.parse(counts)[0].count;
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
