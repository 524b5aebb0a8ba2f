import type { PoolClient } from "pg";
import { z } from "zod";

import { indexedLines } from "../rows/line-form";
import type { RowErrors } from "./row-errors";
import { analyseStage, copyRows, type RowSource } from "./stage-rows";
import type { StagedTable } from "./staged-table";

/** Row indexes fetched at a time. */
const page = 100_000;

const indexRows = z.array(z.object({ row_index: z.number() }));

/**
 * Of a table that was staged in part, reads the rows that are new here once more, in full,
 * and puts them in the place of what was staged. What is known of the others stands in
 * `known`, and nothing else of them is needed.
 */
export async function stageNewRows(source: RowSource, staged: StagedTable, errors: RowErrors): Promise<void> {
  const { client } = source;
  const only = await newRows(client, staged);
  const all = staged.rows;
  const prepare = async () => void (await client.query(`TRUNCATE ${staged.stage}`));
  await copyRows(source, staged, { ...indexedLines, only }, prepare, errors, () => undefined);
  errors.throwIfAny();
  await analyseStage(client, staged);
  if (staged.rows !== all) throw new Error(`${staged.name}: ${all} rows were read before, ${staged.rows} now`);
}

/** By a cursor: one pass over the rows, however many pages they are. */
async function newRows(client: PoolClient, staged: StagedTable): Promise<Uint8Array<ArrayBuffer>> {
  const isNew = new Uint8Array(staged.rows);
  await client.query(
    `DECLARE new_rows NO SCROLL CURSOR FOR SELECT s.row_index FROM ${staged.stage} s
     WHERE NOT EXISTS (SELECT FROM ${staged.knownRows} k WHERE k.row_index = s.row_index)`,
  );
  for (let read = page; read === page; ) {
    const { rows } = await client.query(`FETCH ${page} FROM new_rows`);
    const indexes = indexRows.parse(rows);
    for (const { row_index: index } of indexes) isNew[index] = 1;
    read = indexes.length;
  }
  await client.query("CLOSE new_rows");
  return isNew;
}
