import { setMaxListeners } from "node:events";

import type { Pool, PoolClient } from "pg";

import { translateDatabaseError } from "./database-error";

/**
 * How values are written as text on this connection, whatever the server's defaults:
 * UTC, ISO dates, and floats with all the digits they need.
 */
const textForms = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1;";

/**
 * Runs work in one transaction that is committed by nobody but the work itself: unless it
 * calls COMMIT, everything is rolled back when it ends, well or not. A signal that aborts
 * breaks the connection, so that the server stops at once. Failures of the database come
 * out as BackupError database_unavailable.
 */
export async function inTransaction<Result>(
  pool: Pool,
  begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" | "BEGIN ISOLATION LEVEL REPEATABLE READ" | "BEGIN",
  signal: AbortSignal,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  // Every object under way listens to it: several dozen at once, and no leak.
  setMaxListeners(0, signal);
  const client = await connect(pool);
  let broken = false;
  const abort = () => {
    broken = true;
    client.release(true);
  };
  signal.addEventListener("abort", abort, { once: true });
  // A connection that breaks between two queries reports it here and nowhere else.
  const onError = () => undefined;
  client.on("error", onError);
  try {
    await client.query(`${begin}; ${textForms}`);
    return await work(client);
  } catch (error) {
    signal.throwIfAborted();
    throw translateDatabaseError(error);
  } finally {
    signal.removeEventListener("abort", abort);
    client.off("error", onError);
    if (!broken) await giveBack(client);
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
async function giveBack(client: PoolClient): Promise<void> {
  try {
    await client.query("ROLLBACK");
    client.release();
  } catch {
    client.release(true);
  }
}
