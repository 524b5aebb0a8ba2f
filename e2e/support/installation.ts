import pg from "pg";
import type { Place } from "./environment";
import { startLine, type Line } from "./line";
import { storedObjects, type StoredObjects } from "./objects";
import { admin } from "./people";

/** One of the two installations, with a view of its database and its objects from beside it. */
export interface Installation {
  /** For browsers. */
  url: string;
  /** For programs: neither line nor proxy in between. */
  directUrl: string;
  line: Line;
  pool: pg.Pool;
  objects: StoredObjects;
  /** An answer of the database of one row and one column. */
  value<Value>(sql: string, parameters?: unknown[]): Promise<Value>;
  /** How many rows each table has. */
  counts(): Promise<Record<string, number>>;
  /** Takes away the inventory, its objects and what was recorded of exports and imports. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function openInstallation({ url, directUrl, port, behind, databaseUrl, storage }: Place): Promise<Installation> {
  const line = await startLine({ port, behind });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 3, application_name: "browser tests" });
  const objects = storedObjects(storage);
  const value: Installation["value"] = async (sql, parameters = []) => {
    const { rows } = await pool.query<unknown[]>({ text: sql, values: parameters, rowMode: "array" });
    return rows[0]?.[0] as never;
  };
  return {
    url,
    directUrl,
    line,
    pool,
    objects,
    value,
    counts: async () => {
      const { rows } = await pool.query<{ name: string }>(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
      );
      const counts: Record<string, number> = {};
      for (const { name } of rows) counts[name] = await value<number>(`SELECT count(*)::int FROM "${name}"`);
      return counts;
    },
    clear: async () => {
      await pool.query("TRUNCATE organizations, backup_runs CASCADE");
      await pool.query("DELETE FROM users WHERE role = 'admin' AND email <> $1", [admin.email]);
      await objects.clear();
    },
    close: async () => {
      await line.close();
      await pool.end();
      await objects.close();
    },
  };
}
