import type { Pool } from "pg";
import { z } from "zod";

import { identifier, identifiers } from "./rows/sql";
import { exportedTables, exportedUserColumns } from "./tables";

const count = z.int().nonnegative();

/** What an export would hold, each part with the option that it depends on. */
export const exportEstimateSchema = z.object({
  tables: z.array(
    z.object({
      table: z.string(),
      rows: count,
      /** In the bundle, about. */
      bytes: count,
      only_with: z.enum(["include_scan_history", "include_users"]).nullable(),
    }),
  ),
  /** Of include_files, as the files rows have it; about what they take in the bundle. */
  objects: z.object({ count, bytes: count }),
  /** Of include_settings; secret ones are left out of it as they are left out of a bundle. */
  settings: count,
});
export type ExportEstimate = z.infer<typeof exportEstimateSchema>;

/** Rows whose JSON is measured for the average of their table. */
const rowsMeasured = 200;

/** Data files of real inventories deflate to between a fourth and a tenth. */
const deflatedTo = 1 / 6;

/** What each object takes beside its bytes: its lines in manifest.json and checksums.json, deflated, and ZIP's records. */
const bytesAroundObject = 600;

const estimateRows = z.array(z.object({ name: z.string(), rows: z.string().transform(Number), measure: z.string().transform(Number) }));

/**
 * Counts exactly and estimates sizes, in one query.
 *
 * @throws errors of the database
 */
export async function estimateExport(pool: Pool): Promise<ExportEstimate> {
  const { rows } = await pool.query(
    [
      ...exportedTables.map(({ name, columns }) => tableEstimate(name, Object.keys(columns))),
      tableEstimate("users", Object.keys(exportedUserColumns)),
      "SELECT '*objects' AS name, count(*) AS rows, coalesce(sum(size_bytes), 0) AS measure FROM files",
      "SELECT '*settings' AS name, count(*) AS rows, 0 AS measure FROM settings WHERE NOT is_secret",
    ].join(" UNION ALL "),
  );
  const found = new Map(estimateRows.parse(rows).map((row) => [row.name, row]));
  const of = (name: string) => found.get(name) ?? { rows: 0, measure: 0 };
  const describe = (table: string, only_with: ExportEstimate["tables"][number]["only_with"]) => {
    const { rows: rowCount, measure } = of(table);
    return { table, rows: rowCount, bytes: Math.round(rowCount * measure * deflatedTo), only_with };
  };
  const objects = of("*objects");
  return {
    tables: [...exportedTables.map(({ name, onlyWith }) => describe(name, onlyWith)), describe("users", "include_users")],
    objects: { count: objects.rows, bytes: objects.measure + objects.rows * bytesAroundObject },
    settings: of("*settings").rows,
  };
}

/** Rows, and the average length of a row's JSON. */
function tableEstimate(table: string, columns: readonly string[]): string {
  return `SELECT '${table}' AS name, count(*) AS rows,
    (SELECT coalesce(avg(octet_length(row_to_json(measured_row)::text)), 0)
     FROM (SELECT ${identifiers(columns)} FROM ${identifier(table)} LIMIT ${rowsMeasured}) measured_row) AS measure
    FROM ${identifier(table)}`;
}
