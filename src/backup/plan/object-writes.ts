import type { PoolClient } from "pg";
import { z } from "zod";

import { conflictRules, type ConflictMode } from "../conflict";
import { identifier } from "../rows/sql";
import { bundleObjects } from "./bundle-objects";
import { markConflict } from "./identity";
import { resolvedRows, type StagedTables } from "./resolved-rows";
import type { StagedTable } from "./staged-table";

/**
 * An object under a key that no row here owns is never written over, and no row is made to
 * point at it: rows that would are left alone.
 */
export async function findTakenObjects(
  client: PoolClient,
  files: StagedTable,
  tables: StagedTables,
  importingUserId: string,
): Promise<void> {
  const taken = `SELECT r.row_index, r.id
    FROM ${resolvedRows(files, tables, importingUserId)} r
    JOIN ${bundleObjects} o ON o.file_id = r.id AND o.state = 'different'
    LEFT JOIN ${files.knownRows} k ON k.row_index = r.row_index
    LEFT JOIN files here ON here.id = k.target_id
    WHERE here.object_key IS DISTINCT FROM r.object_key AND k.conflict IS NULL`;
  await markConflict(client, files, taken, "object_taken");
}

/**
 * A query for the objects that a mode writes: file_id, object_key, size, sha256, content_type
 * and whether it replaces one. An object is written where it is new and its row is inserted,
 * or will be what the object is; written over where its very row is updated.
 */
export function objectWrites(files: StagedTable, mode: ConflictMode): string {
  const contentType = files.has("content_type") ? "s.content_type" : "'application/octet-stream'";
  const replaced = conflictRules[mode].replacesObjects ? `OR (o.state = 'different' AND changed)` : "";
  return `SELECT o.file_id, o.object_key, o.size, o.sha256, ${contentType} AS content_type, o.state = 'different' AS replaces
    FROM ${bundleObjects} o
    JOIN ${files.stage} s ON s.id = o.file_id
    LEFT JOIN ${files.knownRows} k ON k.row_index = s.row_index
    LEFT JOIN files here ON here.id = k.target_id
    LEFT JOIN ${files.changes} c ON c.row_index = s.row_index,
    LATERAL (SELECT coalesce(c.${identifier(mode)}, false) AS changed) mode
    WHERE k.conflict IS NULL AND (
      (o.state = 'new' AND (
        k.row_index IS NULL
        ${mode === "merge" ? "OR changed" : ""}
        OR (here.object_key, here.size_bytes, here.sha256) = (o.object_key, o.size, o.sha256)))
      ${replaced})`;
}

const sums = z.tuple([
  z.object({ write: z.number(), replace: z.number(), bytes: z.string().transform(Number), hash: z.string() }),
]);

/** Counts the objects that a mode writes, and gives one number for which they are. */
export async function sumObjectWrites(client: PoolClient, files: StagedTable, mode: ConflictMode) {
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE NOT replaces)::integer AS write,
            count(*) FILTER (WHERE replaces)::integer AS replace,
            coalesce(sum(size), 0) AS bytes,
            coalesce(sum(hashtextextended(concat_ws('|', file_id, replaces), 0)::numeric), 0) AS hash
     FROM (${objectWrites(files, mode)}) AS writes`,
  );
  return sums.parse(rows)[0];
}
