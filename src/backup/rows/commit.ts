import { setTimeout as sleep } from "node:timers/promises";

import type { Pool, PoolClient } from "pg";
import { z } from "zod";

import { BackupError } from "../errors";

/** Nobody can tell yet whether the transaction was committed. */
export class CommitUncertain extends BackupError {
  constructor(cause: unknown) {
    super("commit_uncertain", "The database broke off while committing; the record of the run will say how it ended.", { cause });
  }
}

const transactionRows = z.tuple([z.object({ id: z.string() })]);
const statusRows = z.tuple([z.object({ status: z.enum(["committed", "aborted", "in progress"]) })]);

/** A server that lost a client notices within this many tries, a quarter of a second apart. */
const tries = 40;

/**
 * Commits and returns only when the transaction is known to be committed. Where the
 * connection breaks before the answer, another one asks PostgreSQL how it ended.
 *
 * @throws what broke the commit, where the transaction was rolled back; CommitUncertain
 */
export async function commit(client: PoolClient, pool: Pool): Promise<void> {
  const { rows } = await client.query("SELECT pg_current_xact_id()::text AS id");
  const [{ id }] = transactionRows.parse(rows);
  try {
    await client.query("COMMIT");
  } catch (error) {
    const status = await statusOf(id, pool);
    if (status === "in progress") throw new CommitUncertain(error);
    if (status === "aborted") throw error;
  }
}

type Status = "committed" | "aborted" | "in progress";

async function statusOf(id: string, pool: Pool): Promise<Status> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const status = await askStatus(id, pool);
    if (status !== "in progress") return status;
    await sleep(250);
  }
  return "in progress";
}

/** A server that does not answer, because it starts again, say, counts as not done either. */
async function askStatus(id: string, pool: Pool): Promise<Status> {
  try {
    const { rows } = await pool.query("SELECT pg_xact_status($1::xid8) AS status", [id]);
    return statusRows.parse(rows)[0].status;
  } catch {
    return "in progress";
  }
}
