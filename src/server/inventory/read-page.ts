import type { QueryResultRow } from "pg";

import { pool } from "../db";
import { whereAll, type Condition } from "./conditions";

/** Two screens; a row is half a kilobyte. */
export const pageSize = 50;

/** How one kind of thing is listed. The parts are ours alone: what a request says goes into parameters. */
export interface Listing {
  /** The table, under the alias `listed`. */
  table: string;
  /** What is shown of each row, out of `listed` and what is joined to it. */
  columns: string;
  joins?: string;
  /** Ends in what is unique, so that pages neither repeat nor lose a row. */
  order: string;
}

/**
 * One page. Which rows are on it is found in the table alone, and only those are then put
 * together: deep pages of large tables sort narrow rows.
 *
 * @param page from 1
 * @typeParam Row what the listing's columns are, which whoever hands the rows on checks
 */
export async function readPage<Row extends QueryResultRow>(
  listing: Listing,
  conditions: readonly Condition[],
  page: number,
): Promise<Row[]> {
  const where = whereAll(conditions);
  const { rows } = await pool().query<Row>(
    `SELECT ${listing.columns}
     FROM (
       SELECT * FROM ${listing.table}
       WHERE id = ANY (ARRAY(
         SELECT id FROM ${listing.table} AS listed ${where.sql}
         ORDER BY ${listing.order} LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}
       ))
     ) AS listed ${listing.joins ?? ""}
     ORDER BY ${listing.order}`,
    where.values,
  );
  return rows;
}

export async function countRows({ table }: Listing, conditions: readonly Condition[]): Promise<number> {
  const where = whereAll(conditions);
  const { rows } = await pool().query<{ count: string }>(`SELECT count(*) FROM ${table} AS listed ${where.sql}`, where.values);
  return Number(rows[0]?.count);
}

/** A moment as text: PostgreSQL knows earlier and later ones than a Date does. */
export function utc(column: string): string {
  return `replace((${column} AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'`;
}
