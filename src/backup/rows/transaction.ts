import { setMaxListeners } from "node:events";

import type { Pool, PoolClient } from "pg";

import { commit, CommitUncertain } from "./commit";
import { translateDatabaseError } from "./database-error";

/**
 * How values are written as text on this connection, whatever the server's defaults: UTC,
 * ISO dates, and floats with all the digits they need. And a server that works for a client
 * which is gone notices within seconds, so that its locks do not outlive it.
 * One whose machine vanished is noticed within a minute: by keepalives where the server waits for it, by the
 * age of what it did not acknowledge where the server has answered.
 * No time limit holds: a gigabyte of objects takes its time between two statements.
 * Its queries run once each over many rows: compiling them costs up to a second a query and
 * saves less, and sorting and hashing in memory spares the disk. One such query runs at a
 * time, with a few sorts or hashes, of whose memory this is each one's bound.
 */
const settings = `SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1;
  SET LOCAL client_connection_check_interval = '5s';
  SET LOCAL tcp_keepalives_idle = 20; SET LOCAL tcp_keepalives_interval = 10; SET LOCAL tcp_keepalives_count = 3;
  SET LOCAL tcp_user_timeout = '50s'; SET LOCAL jit = off; SET LOCAL work_mem = '64MB';
  SELECT set_config(name, '0', true) FROM pg_settings
  WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

export interface Transaction {
  readonly client: PoolClient;
  /** Returns only when the transaction is known to be committed; nothing may follow it. */
  commit(): Promise<void>;
}

/**
 * Runs work in one transaction that nobody commits but the work itself: unless it does,
 * everything is rolled back when it ends, well or not. A signal that aborts
 * breaks the connection, so that the server stops at once. Failures of the database come
 * out as BackupError database_unavailable, one in the middle of the commit as commit_uncertain.
 */
export async function inTransaction<Result>(
  pool: Pool,
  begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" | "BEGIN ISOLATION LEVEL REPEATABLE READ" | "BEGIN",
  signal: AbortSignal,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  // Every object under way listens to it: several dozen at once, and no leak.
  setMaxListeners(0, signal);
  const client = await connect(pool);
  const transaction = { isCommitted: false, isDropped: false };
  const abort = () => {
    transaction.isDropped = true;
    client.release(true);
  };
  signal.addEventListener("abort", abort, { once: true });
  // A connection that breaks between two queries reports it here and nowhere else.
  const onError = () => undefined;
  client.on("error", onError);
  try {
    await client.query(`${begin}; ${settings}`);
    return await work({
      client,
      commit: async () => {
        await commit(client, pool);
        transaction.isCommitted = true;
      },
    });
  } catch (error) {
    if (!(error instanceof CommitUncertain)) signal.throwIfAborted();
    throw translateDatabaseError(error);
  } finally {
    signal.removeEventListener("abort", abort);
    // Of a connection that was dropped, the server rolls back by itself what is not committed.
    if (!transaction.isDropped) await giveBack(client, transaction.isCommitted);
    client.off("error", onError);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/** A client goes back to the pool only out of every transaction. */
async function giveBack(client: PoolClient, isCommitted: boolean): Promise<void> {
  try {
    if (!isCommitted) await client.query("ROLLBACK");
    client.release();
  } catch {
    client.release(true);
  }
}
