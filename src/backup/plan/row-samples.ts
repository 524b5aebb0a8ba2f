import type { PoolClient } from "pg";
import { z } from "zod";

import type { ConflictMode } from "../conflict";
import type { RowSample } from "../report";
import { identifier } from "../rows/sql";
import { objectJoin, updatedColumns, updatedValue } from "./changes";
import { conflictReasons } from "./identity";
import { resolvedRows, type StagedTables } from "./resolved-rows";
import type { StagedTable } from "./staged-table";

/** Rows of each kind and table that a preview keeps to be looked at: more than anybody reads, little to store. */
export const rowsSampled = 200;

/** Characters of a value that a sample keeps: enough to recognise it. */
const longestValue = 1000;

const valueMap = z.record(z.string(), z.string().nullable());
const rowSamples = z.array(
  z.object({ row_index: z.number(), id: z.string(), target_id: z.string().nullable(), conflict: z.string().nullable(), values: valueMap }),
);
const updateSamples = z.array(
  z.object({ row_index: z.number(), id: z.string(), target_id: z.string(), here: valueMap, imported: valueMap }),
);

/** The first rows of a table that are new, known under another id, in conflict, or updated by each of the modes. */
export async function sampleRows(
  client: PoolClient,
  staged: StagedTable,
  modes: readonly ConflictMode[],
  tables: StagedTables,
  importingUserId: string,
): Promise<RowSample[]> {
  if (!staged.isImported || staged.rows === 0) return [];
  const samples: RowSample[] = [];
  const { known, remapped, conflicts } = staged.identity;
  // To find none takes as long as to find some.
  if (known < staged.rows) samples.push(...(await sampleKind(client, staged, "insert", "k.row_index IS NULL")));
  if (remapped > 0) samples.push(...(await sampleKind(client, staged, "remapped", "k.remapped")));
  if (conflicts > 0) samples.push(...(await sampleKind(client, staged, "conflict", "k.conflict IS NOT NULL")));
  for (const mode of modes) {
    if (staged.updates(mode).count > 0) {
      samples.push(...(await sampleUpdates(client, staged, mode, tables, importingUserId)));
    }
  }
  return samples;
}

async function sampleKind(
  client: PoolClient,
  staged: StagedTable,
  kind: "insert" | "remapped" | "conflict",
  condition: string,
): Promise<RowSample[]> {
  const { rows } = await client.query(
    `SELECT s.row_index, s.id, k.target_id, k.conflict, ${asText(staged.columns, (column) => identifier("s", column))} AS values
     FROM ${staged.stage} s LEFT JOIN ${staged.knownRows} k ON k.row_index = s.row_index
     WHERE ${condition} ORDER BY s.row_index LIMIT ${rowsSampled}`,
  );
  const reasons: Readonly<Record<string, string>> = conflictReasons;
  return rowSamples.parse(rows).map(({ row_index: row, conflict, ...sample }) => ({
    table: staged.name,
    kind,
    mode: null,
    row,
    ...sample,
    reason: conflict === null ? null : (reasons[conflict] ?? conflict),
    changes: [],
  }));
}

async function sampleUpdates(
  client: PoolClient,
  staged: StagedTable,
  mode: ConflictMode,
  tables: StagedTables,
  importingUserId: string,
): Promise<RowSample[]> {
  const columns = updatedColumns(staged, mode);
  const { rows } = await client.query(
    `SELECT c.row_index, r.id, c.target_id,
            ${asText(columns, (column) => identifier("here", column))} AS here,
            ${asText(columns, (column) => updatedValue(staged, column, "here"))} AS imported
     FROM (SELECT * FROM ${staged.changes} WHERE ${identifier(mode)} ORDER BY row_index LIMIT ${rowsSampled}) c
     JOIN ${resolvedRows(staged, tables, importingUserId)} r ON r.row_index = c.row_index
     JOIN ${identifier(staged.name)} here ON here.id = c.target_id
     ${objectJoin(staged)}
     ORDER BY c.row_index`,
  );
  return updateSamples.parse(rows).map(({ row_index: row, id, target_id, here, imported }) => ({
    table: staged.name,
    kind: "update",
    mode,
    row,
    id,
    target_id,
    reason: null,
    values: {},
    changes: columns
      .filter((column) => here[column] !== imported[column])
      .map((column) => ({ column, here: here[column] ?? null, imported: imported[column] ?? null })),
  }));
}

/** A JSON object of columns as PostgreSQL writes them: no digit is lost on the way to the eye. */
function asText(columns: readonly string[], value: (column: string) => string): string {
  const names = columns.map((column) => `'${column}'`).join(", ");
  const values = columns.map((column) => `left((${value(column)})::text, ${longestValue})`).join(", ");
  return `json_object(ARRAY[${names}], ARRAY[${values}])`;
}
