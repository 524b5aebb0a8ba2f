import type { PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";

import { identifier, identifiers } from "./sql";

const newline = 0x0a;

/**
 * A table's rows as lines of COPY's text format, ordered by primary key, in chunks of whole
 * lines.
 */
export async function* copyOut(client: PoolClient, table: string, columns: readonly string[]): AsyncGenerator<Buffer> {
  const rows = `SELECT ${identifiers(columns)} FROM ${identifier(table)} ORDER BY "id"`;
  const stream = client.query(copyTo(`COPY (${rows}) TO STDOUT`));
  let rest: Buffer[] = [];
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("COPY gave something that is no buffer");
    const end = chunk.lastIndexOf(newline) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    yield rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...rest, chunk.subarray(0, end)]);
    rest = end === chunk.length ? [] : [chunk.subarray(end)];
  }
}
