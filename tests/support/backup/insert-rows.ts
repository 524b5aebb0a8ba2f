import type { Installation } from "../backup";

import type { Rows } from "./bundle-file";
import { stranger } from "./sample-rows";

/**
 * Puts rows as a bundle has them straight into the database, each table's with the columns of
 * its first. Strangers' rows belong to the admin.
 */
export async function insertRows({ pool, adminId }: Pick<Installation, "pool" | "adminId">, rows: Rows): Promise<void> {
  for (const [table, list] of Object.entries(rows)) {
    const names = Object.keys(list[0] ?? {});
    if (names.length === 0) continue;
    // A null in a JSON column is JSON's own: the database knows no other there.
    const values = names.map((name) => (jsonColumns.has(name) ? `coalesce("${name}", 'null')` : `"${name}"`));
    await pool.query(
      `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(", ")})
       SELECT ${values.join(", ")} FROM json_populate_recordset(NULL::"${table}", $1)`,
      [JSON.stringify(list).replaceAll(stranger, adminId)],
    );
  }
}

const jsonColumns = new Set(
  ["settings", "metadata", "evidence", "options", "summary"].concat("input", "result_summary", "parameters", "old_value", "new_value"),
);
