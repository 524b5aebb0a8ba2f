import type { PoolClient } from "pg";
import { z } from "zod";

import { identifiers } from "../rows/sql";
import type { RowErrors } from "./row-errors";
import type { StagedTable } from "./staged-table";

const duplicateRows = z.array(
  z.object({ row_index: z.number(), first_index: z.number(), total: z.string().transform(Number) }),
);

/** A bundle may name a thing once: neither an id nor a natural key stands in it twice. */
export async function refuseDuplicates(client: PoolClient, staged: StagedTable, errors: RowErrors): Promise<void> {
  const { naturalKey } = staged.definition;
  if (!staged.idsAscend) await refuse(client, staged, ["id"], "id_duplicate", errors);
  if (naturalKey.length > 0) await refuse(client, staged, naturalKey, "natural_key_duplicate", errors);
}

async function refuse(
  client: PoolClient,
  staged: StagedTable,
  key: readonly string[],
  code: string,
  errors: RowErrors,
): Promise<void> {
  const columns = identifiers(key);
  const { rows } = await client.query(
    `SELECT s.row_index, d.first_index, count(*) OVER () AS total
     FROM (SELECT ${columns}, min(row_index) AS first_index FROM ${staged.stage}
           GROUP BY ${columns} HAVING count(*) > 1) d
     JOIN ${staged.stage} s USING (${columns})
     WHERE s.row_index > d.first_index ORDER BY s.row_index LIMIT ${Math.max(errors.room, 1)}`,
  );
  const duplicates = duplicateRows.parse(rows);
  const column = key.join(", ");
  for (const { row_index: row, first_index: first } of duplicates) {
    const message = `${staged.name}, row ${row}, ${column}: the same as in row ${first}`;
    errors.add({ code, message, table: staged.name, row, column });
  }
  errors.addUntold((duplicates[0]?.total ?? 0) - duplicates.length);
}
