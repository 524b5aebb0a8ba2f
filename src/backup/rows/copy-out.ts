import type { PoolClient } from "pg";

import { CopyOutQuery } from "./copy-out-query";
import type { LineBuffers } from "./line-buffers";
import { identifier, identifiers } from "./sql";

export interface LineSelection {
  columns: readonly string[];
  /** Columns by which the rows are sorted. */
  order: readonly string[];
}

/**
 * A table's rows as lines of COPY's text format, in batches of whole lines. Each has one of the
 * buffers to itself. Where not all are taken, or the server refuses one, the connection is
 * closed: it could be used again only when every other line had been read.
 */
export async function* copyOut(client: PoolClient, table: string, { columns, order }: LineSelection, buffers: LineBuffers): AsyncGenerator<Buffer<ArrayBuffer>> {
  const rows = `SELECT ${identifiers(columns)} FROM ${identifier(table)} ORDER BY ${identifiers(order)}`;
  const lines = client.query(new CopyOutQuery(`COPY (${rows}) TO STDOUT`, buffers));
  let isRead = false;
  try {
    yield* lines.read();
    isRead = true;
  } finally {
    if (!isRead) await client.end();
  }
}
