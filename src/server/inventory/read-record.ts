import type { QueryResultRow } from "pg";

import { pool } from "../db";
import { RequestError } from "../errors";
import { listings, type InventoryKind } from "./listings";

export interface RecordField {
  column: string;
  /** As PostgreSQL writes it; what is nested is indented. */
  value: string | null;
  nested: boolean;
}

/**
 * Everything that is known of one row: what its list shows, every column in order, and the
 * whole as JSON. The text is the database's own, so no number loses a digit.
 *
 * @typeParam Row as of readPage
 * @throws RequestError `record_not_found`
 */
export async function readRecord<Row extends QueryResultRow>(
  kind: InventoryKind,
  id: string,
): Promise<{ shown: Row; fields: RecordField[]; json: string }> {
  const { table, columns, ...listing } = listings[kind];
  const joins = "joins" in listing ? listing.joins : "";
  const [shown, fields, json] = await Promise.all([
    pool().query<Row>(`SELECT ${columns} FROM ${table} AS listed ${joins} WHERE listed.id = $1`, [id]),
    pool().query<RecordField>(
      `SELECT field.key AS column, json_typeof(field.value) IN ('object', 'array') AS nested,
         CASE WHEN json_typeof(field.value) IN ('object', 'array') THEN jsonb_pretty(field.value::jsonb)
              ELSE field.value #>> '{}' END AS value
       FROM ${table} AS listed, json_each(row_to_json(listed)) AS field
       WHERE listed.id = $1`,
      [id],
    ),
    pool().query<{ json: string }>(`SELECT row_to_json(listed)::text AS json FROM ${table} AS listed WHERE id = $1`, [id]),
  ]);
  const [row] = shown.rows;
  if (row === undefined) throw new RequestError("record_not_found", "It is not in the inventory, or not any more.");
  return { shown: row, fields: fields.rows, json: json.rows[0]?.json ?? "" };
}
