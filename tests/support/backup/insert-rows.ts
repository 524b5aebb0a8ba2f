import type { Installation } from "../backup";

import type { Rows } from "./bundle-file";
import { stranger } from "./sample-rows";

/** Puts rows as a bundle has them straight into the database; strangers' rows belong to the admin. */
export async function insertRows({ pool, adminId }: Pick<Installation, "pool" | "adminId">, rows: Rows): Promise<void> {
  for (const [table, list] of Object.entries(rows)) {
    for (const row of list) {
      const columns = Object.keys(row).map((name) => `"${name}"`).join(", ");
      const text = JSON.stringify(row).replaceAll(stranger, adminId);
      // A null in a JSON column is JSON's own: the database knows no other there.
      const values = Object.entries(row).map(([name, value]) => (value === null && jsonColumns.has(name) ? "'null'" : `"${name}"`));
      await pool.query(
        `INSERT INTO "${table}" (${columns}) SELECT ${values.join(", ")} FROM json_populate_record(NULL::"${table}", $1)`,
        [text],
      );
    }
  }
}

const jsonColumns = new Set(["settings", "metadata", "evidence", "options", "summary", "input", "result_summary", "parameters", "old_value", "new_value"]);
