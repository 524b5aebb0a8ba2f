import type { PoolClient } from "pg";
import { z } from "zod";

import type { ConflictMode } from "../conflict";
import type { RowCounts } from "../report";
import { identifier } from "../rows/sql";
import { updatedColumns } from "./changes";
import type { StagedTable } from "./staged-table";

const sums = z.tuple([z.object({ existing: z.number(), conflict: z.number(), remapped: z.number(), update: z.number() })]);

/** What a mode does with a table's rows, counted from the very tables that an import goes by. */
export async function countRows(client: PoolClient, staged: StagedTable, mode: ConflictMode): Promise<RowCounts> {
  if (!staged.isImported) return { insert: 0, update: 0, unchanged: 0, skip: staged.rows, conflict: 0, remapped: 0 };
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE conflict IS NULL)::integer AS existing,
            count(*) FILTER (WHERE conflict IS NOT NULL)::integer AS conflict,
            count(*) FILTER (WHERE remapped)::integer AS remapped,
            (SELECT count(*)::integer FROM ${staged.changes} WHERE ${identifier(mode)}) AS update
     FROM ${staged.knownRows}`,
  );
  const [{ existing, conflict, remapped, update }] = sums.parse(rows);
  const compared = updatedColumns(staged, mode).length > 0;
  return {
    insert: staged.rows - existing - conflict,
    update,
    unchanged: compared ? existing - update : 0,
    skip: compared ? 0 : existing,
    conflict,
    remapped,
  };
}
