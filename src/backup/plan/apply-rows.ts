import type { PoolClient } from "pg";

import type { ConflictMode } from "../conflict";
import { identifier, identifiers } from "../rows/sql";
import { objectJoin, updatedColumns, updatedValue } from "./changes";
import { resolvedRows, type StagedTables } from "./resolved-rows";
import type { StagedTable } from "./staged-table";

/** Inserts the rows that are new here and answers how many. */
export async function insertRows(
  client: PoolClient,
  staged: StagedTable,
  tables: StagedTables,
  importingUserId: string,
): Promise<number> {
  const columns = identifiers(staged.columns);
  const unknown = staged.identity.known === 0 ? "" : `WHERE NOT EXISTS (SELECT FROM ${staged.knownRows} k WHERE k.row_index = r.row_index)`;
  const { rowCount } = await client.query(
    `INSERT INTO ${identifier(staged.name)} (${columns})
     SELECT ${columns} FROM ${resolvedRows(staged, tables, importingUserId)} r ${unknown}`,
  );
  return rowCount ?? 0;
}

/** Gives the rows that the mode changes their imported values and answers how many. */
export async function updateRows(
  client: PoolClient,
  staged: StagedTable,
  mode: ConflictMode,
  tables: StagedTables,
  importingUserId: string,
): Promise<number> {
  const columns = updatedColumns(staged, mode);
  if (columns.length === 0) return 0;
  const values = columns.map((column) => `${identifier(column)} = ${updatedValue(staged, column, "here")}`);
  const { rowCount } = await client.query(
    `UPDATE ${identifier(staged.name)} AS here SET ${values.join(", ")}
     FROM ${staged.changes} c
     JOIN ${resolvedRows(staged, tables, importingUserId)} r ON r.row_index = c.row_index
     ${objectJoin(staged)}
     WHERE c.${identifier(mode)} AND here.id = c.target_id`,
  );
  return rowCount ?? 0;
}
