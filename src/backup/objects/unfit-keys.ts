import type { PoolClient } from "pg";
import { z } from "zod";

import type { Warning } from "../report";
import { asidePrefix, objectKeyFault } from "../rows/object-key";
import { keysNamed, nameKeys } from "./name-keys";

/** objectKeyFault's rules as PostgreSQL's regular expressions have them. */
const unfit = String.raw`^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|[\u0001-\u001f\u007f-\u009f]`;

const keyRows = z.array(z.object({ key: z.string(), total: z.string().transform(Number) }));

/** Storage takes any key, an import does not: whoever exports should hear of it, not whoever imports. */
export async function unfitKeyWarnings(client: PoolClient): Promise<Warning[]> {
  const { rows } = await client.query(
    `SELECT object_key AS key, count(*) OVER () AS total FROM files
     WHERE object_key ~ $1 OR starts_with(object_key, $2) ORDER BY id LIMIT ${keysNamed}`,
    [unfit, asidePrefix],
  );
  const keys = keyRows.parse(rows);
  const [first] = keys;
  if (first === undefined) return [];
  const named = nameKeys(keys.map(({ key }) => key), first.total);
  const files = first.total === 1 ? "1 file has a key" : `${first.total} files have keys`;
  const message = `${files} that every import refuses, and this bundle with it (${objectKeyFault(first.key) ?? "unfit"}): ${named}`;
  return [{ code: "object_key_unfit", message, table: "files", column: "object_key", count: first.total }];
}
