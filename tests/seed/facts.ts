import { createHash } from "node:crypto";
import type pg from "pg";
import type { ObjectStore } from "@/storage";

/** From this size on an inventory promises to hold every value of every enum. */
export const smallest = { organizations: 2, assets: 200, vulnerabilities: 100, files: 40, seed: "seed test" } as const;

/** Every table of the application, bookkeeping of migrations aside. */
export async function tableNames(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' ORDER BY table_name`,
  );
  return rows.map(({ name }) => name);
}

interface Column {
  table: string;
  column: string;
  /** As PostgreSQL names it; an enum's own name. */
  type: string;
}

export async function columnsWhere(pool: pg.Pool, condition: string): Promise<Column[]> {
  const { rows } = await pool.query<Column>(
    `SELECT table_name AS "table", column_name AS "column", udt_name AS "type"
     FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' AND table_name NOT LIKE 'backup\\_%' AND ${condition}
     ORDER BY 1, 2`,
  );
  return rows;
}

/** Of every row's text as PostgreSQL writes it, in an order that does not depend on how it came in. */
export async function digestOf(pool: pg.Pool, table: string): Promise<string> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT odd::text AS line FROM "${table}" odd ORDER BY odd::text COLLATE "C"`,
  );
  const hash = createHash("sha256");
  for (const { line } of rows) hash.update(`${line}\n`);
  return `${rows.length} ${hash.digest("hex")}`;
}

export async function digests(pool: pg.Pool): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const table of await tableNames(pool)) found[table] = await digestOf(pool, table);
  return found;
}

export async function countOf(pool: pg.Pool, query: string): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(`SELECT count(*) AS count FROM ${query}`);
  return Number(rows[0]?.count);
}

export async function keysIn(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys.toSorted();
}
