import pg from "pg";

import { environment } from "../env";

/** Sets the keys of runs apart from other advisory locks of the database. */
const keySeed = 7_302_641;

/**
 * What a dead network is noticed by: a holder that vanished without closing its
 * connection loses its lock within a minute.
 */
const keepalives =
  "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=50s";

const connectionTimeoutMilliseconds = 10_000;

/** An advisory lock of a session of its own. It ends with its process, whatever happens to that. */
export interface HolderLock {
  /** Aborted where the connection broke: somebody else may now take the lock. */
  lost: AbortSignal;
  client: pg.Client;
  release(): Promise<void>;
}

/**
 * The lock that says that a run has a living process. Null where another one holds it.
 *
 * Its connection is not one of the pool's: a pool whose connections all wait for locks would stand still.
 */
export async function takeHolderLock(runId: string): Promise<HolderLock | null> {
  const client = new pg.Client({
    connectionString: environment().databaseUrl,
    connectionTimeoutMillis: connectionTimeoutMilliseconds,
    keepAlive: true,
    application_name: "system-backup run",
    options: keepalives,
  });
  const lost = new AbortController();
  client.on("error", (error) => lost.abort(error));
  client.on("end", () => lost.abort(new Error("Connection terminated")));
  await client.connect();
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended($1, $2)) AS taken",
      [runId, keySeed],
    );
    if (rows[0]?.taken === true) return { lost: lost.signal, client, release: () => end(client) };
    await end(client);
    return null;
  } catch (error) {
    await end(client);
    throw error;
  }
}

async function end(client: pg.Client): Promise<void> {
  // A connection that is already broken is as ended as can be.
  await client.end().catch(() => undefined);
}
