import type { PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";

import { join } from "@/memory/join";

import { identifier, identifiers } from "./sql";

const newline = 0x0a;

/** Enough that what is done with lines takes longer than handing them on, little enough not to be felt in memory. */
const batchBytes = 256 * 1024;

/**
 * A table's rows as lines of COPY's text format, ordered by primary key, in batches of whole
 * lines. Each has a buffer to itself. Where not all are taken, or the server refuses one, the
 * connection is closed: it could be used again only when every other line had been read.
 */
export async function* copyOut(client: PoolClient, table: string, columns: readonly string[]): AsyncGenerator<Buffer<ArrayBuffer>> {
  const rows = `SELECT ${identifiers(columns)} FROM ${identifier(table)} ORDER BY "id"`;
  const stream = client.query(copyTo(`COPY (${rows}) TO STDOUT`));
  let isRead = false;
  try {
    yield* inBatches(stream);
    isRead = true;
  } finally {
    if (!isRead) await client.end();
  }
}

async function* inBatches(lines: AsyncIterable<unknown>): AsyncGenerator<Buffer<ArrayBuffer>> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of lines) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("COPY gave something that is no buffer");
    const end = chunk.lastIndexOf(newline) + 1;
    if (end === 0 || heldBytes + end < batchBytes) {
      held.push(chunk);
      heldBytes += chunk.length;
      continue;
    }
    yield join([...held, chunk.subarray(0, end)]);
    held = [chunk.subarray(end)];
    heldBytes = chunk.length - end;
  }
  if (heldBytes > 0) yield join(held);
}
