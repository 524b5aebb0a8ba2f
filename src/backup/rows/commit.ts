import { setTimeout as sleep } from "node:timers/promises";

import type { Pool, PoolClient } from "pg";
import { z } from "zod";

const transactionRows = z.tuple([z.object({ id: z.string() })]);
const statusRows = z.tuple([z.object({ status: z.enum(["committed", "aborted", "in progress"]).nullable() })]);

/** A server that lost a client notices within this many tries, a quarter of a second apart. */
const tries = 40;

/**
 * Commits and returns only when the transaction is known to be committed. Where the
 * connection breaks before the answer, another one asks PostgreSQL how it ended.
 *
 * @throws what broke the commit, where the transaction was rolled back or nobody can tell
 */
export async function commit(client: PoolClient, pool: Pool): Promise<void> {
  const { rows } = await client.query("SELECT pg_current_xact_id()::text AS id");
  const [{ id }] = transactionRows.parse(rows);
  try {
    await client.query("COMMIT");
  } catch (error) {
    if (!(await hasCommitted(id, pool).catch(() => false))) throw error;
  }
}

async function hasCommitted(id: string, pool: Pool): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const { rows } = await pool.query("SELECT pg_xact_status($1::xid8) AS status", [id]);
    const [{ status }] = statusRows.parse(rows);
    if (status !== "in progress") return status === "committed";
    await sleep(250);
  }
  return false;
}
