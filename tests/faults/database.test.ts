import { randomUUID } from "node:crypto";
import { chown } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { databaseAccount } from "@/server/installation/postgres";

import { bearer, call } from "../support/api";
import { startDatabaseProxy, type DatabaseProxy } from "../support/faults/database-proxy";
import { administer } from "../support/faults/database";
import { disturbImport, retryImport, type Disturbed } from "../support/faults/disturb";
import { recorded } from "../support/faults/record";
import { canMount, mountSmallDisk, type SmallDisk } from "../support/faults/small-disk";
import { spread, tries } from "../support/faults/size";
import { makeSourceBundle } from "../support/faults/source";
import { startTarget, type Target } from "../support/faults/target";
import { startPostgresServer, type PostgresServer } from "../support/postgres-server";

const area = "PostgreSQL";
const nothing = () => undefined;

/** Of an import's time, so little of its transaction that one much faster than the one before is still met in it. */
const transactionShare = 0.35;

/** Whatever asks for itself begins with its statement. */
const inTransaction = "xact_start < query_start";

let postgres: PostgresServer;
let bundle: Buffer;

beforeAll(async () => {
  [postgres, bundle] = await Promise.all([startPostgresServer({ durable: true }), makeSourceBundle()]);
});
afterAll(() => postgres.stop());

function outcomeOf({ ending, answer }: Disturbed): string {
  return ending === "committed" ? "succeeded" : `undone, told ${String(answer.json["code"])}`;
}

describe("a database that fails an import", () => {
  let target: Target;
  let proxy: DatabaseProxy;

  beforeAll(async () => {
    target = await startTarget({
      storage: "local",
      bundle,
      postgres: postgres.url,
      databaseThrough: async (url) => {
        proxy = await startDatabaseProxy(url);
        return proxy.url;
      },
    });
  });
  afterEach(() => target.reset());
  afterAll(async () => {
    await target.stop();
    await proxy.close();
  });

  const ends = { status: 503, json: { code: "database_unavailable" } };

  const connections = [
    { name: "the import's own", which: `application_name = 'system-backup' AND ${inTransaction}` },
    { name: "its lock's", which: "application_name = 'system-backup run'" },
    { name: "every", which: "application_name LIKE 'system-backup%'" },
  ];

  describe.each(connections)("pg_terminate_backend on $name connection", ({ name, which }) => {
    it.each(spread(tries(1, 5)))("at %d of its transaction", async (at) => {
      let hit = 0;
      const strike = async () => {
        const { rowCount } = await target.database.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND ${which}`,
        );
        hit = rowCount ?? 0;
      };
      await recorded({ area, fault: `${name} connection killed` }, async () => {
        const end = await disturbImport(target, { at, strike, when: () => transactionIs(target, at) });
        expect(hit).toBeGreaterThan(0);
        if (end.ending === "undone") {
          expect(end.answer).toMatchObject(ends);
          expect(end.run).toMatchObject({ state: "failed", error_code: "database_unavailable" });
        }
        await retryImport(target);
        return { outcome: outcomeOf(end), seconds: end.seconds };
      });
    });
  });

  it.each(spread(tries(1, 5)))("pg_cancel_backend on one of its statements, at %d of its transaction", async (at) => {
    await recorded({ area, fault: "a statement cancelled" }, async () => {
      const strikeAt = (share: number) => disturbImport(target, { at: share, strike: () => cancelStatement(target), when: () => transactionIs(target, share) });
      let end = await strikeAt(at);
      // Its last statement may be done before the cancellation comes: what was too late for this import is tried earlier in another.
      for (let share = at / 2; end.ending === "committed" && share > at / 10; share /= 2) {
        await target.reset();
        end = await strikeAt(share);
      }
      expect(end.ending).toBe("undone");
      expect(end.answer).toMatchObject(ends);
      expect(end.run).toMatchObject({ state: "failed", error_code: "database_unavailable" });
      await retryImport(target);
      return { outcome: outcomeOf(end), seconds: end.seconds };
    });
  });

  it.each(Array.from({ length: tries(1, 3) }, (_, number) => number))("a statement timeout of the role, try %d", async () => {
    await administer(postgres.url, "ALTER ROLE CURRENT_USER SET statement_timeout = '100ms'");
    try {
      await target.application.stop();
      await target.application.start();
      await recorded({ area, fault: "statement_timeout of 100 ms set for the role" }, async () => {
        const end = await disturbImport(target, { at: 1, strike: nothing });
        expect(end.ending).toBe("committed");
        return { outcome: outcomeOf(end), seconds: end.seconds };
      });
    } finally {
      await administer(postgres.url, "ALTER ROLE CURRENT_USER RESET statement_timeout");
    }
  });

  // PostgreSQL looks for deadlocks after a second's wait: who began to wait last is the one to find it, and to end.
  const deadlocks = [
    { victim: "the import", pause: 300 },
    { victim: "the other", pause: 1_500 },
  ].flatMap((found) => Array.from({ length: tries(1, 3) }, () => found));

  it.each(deadlocks)("a deadlock that ends $victim", async ({ victim, pause }) => {
    const other = new pg.Client({ connectionString: target.database.url, application_name: "scanner" });
    await other.connect();
    let otherEnded = false;
    try {
      await recorded({ area, fault: "deadlock with another writer" }, async () => {
        await other.query("BEGIN; LOCK TABLE exposure_changes IN ROW EXCLUSIVE MODE");
        const strike = async () => {
          await delay(pause);
          await other.query("LOCK TABLE organizations IN ROW EXCLUSIVE MODE").catch(() => {
            otherEnded = true;
          });
          await other.query("ROLLBACK");
        };
        const end = await disturbImport(target, { at: 1, strike, when: () => isWaiting(target) });
        expect(otherEnded).toBe(victim === "the other");
        expect(end.ending).toBe(otherEnded ? "committed" : "undone");
        if (end.ending === "undone") expect(end.answer).toMatchObject(ends);
        await retryImport(target);
        return { outcome: outcomeOf(end), seconds: end.seconds };
      });
    } finally {
      await other.end();
    }
  });

  it.each([-1, ...spread(tries(1, 5))])("no connection left to be had, from %d of the import on", async (at) => {
    const taken: pg.Client[] = [];
    const strike = () => takeConnections(postgres.url, taken);
    const repair = async () => {
      await Promise.all(taken.map((client) => client.end()));
    };
    await recorded({ area, fault: "all connections taken" }, async () => {
      if (at < 0) {
        // From before it begins, with none that the application kept.
        await target.application.stop();
        await target.application.start();
        await strike();
      }
      const end = await disturbImport(target, { at, strike: at < 0 ? nothing : strike, repair });
      if (end.ending === "undone") expect(end.answer).toMatchObject(ends);
      await retryImport(target);
      return { outcome: outcomeOf(end), seconds: end.seconds };
    });
  });

  // Requests that wait for a lock of somebody else's take every connection of the pool.
  it.each(spread(tries(1, 5)))("no connection left in the application's own pool, from %d of the import on", async (at) => {
    const other = new pg.Client({ connectionString: target.database.url, application_name: "scanner" });
    await other.connect();
    let waiting: Promise<{ status: number }>[] = [];
    const strike = async () => {
      await other.query("BEGIN; LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE");
      const missing = `/api/v1/files/${randomUUID()}/content`;
      waiting = Array.from({ length: 30 }, () => call(target, missing, { headers: bearer(target.key) }));
      await expect.poll(() => connectionsInUse(target), { timeout: 10_000 }).toBe(10);
    };
    const repair = async () => {
      await other.query("ROLLBACK");
      for (const { status } of await Promise.all(waiting)) expect([404, 503]).toContain(status);
    };
    try {
      await recorded({ area, fault: "the application's own pool is empty" }, async () => {
        const end = await disturbImport(target, { phase: "reading", at: at * 0.3, strike, repair });
        if (end.ending === "undone") expect(end.answer).toMatchObject(ends);
        await retryImport(target);
        return { outcome: outcomeOf(end), seconds: end.seconds };
      });
    } finally {
      await other.end();
    }
  });

  const commits = (["statement", "answer"] as const).flatMap((lost) => Array.from({ length: tries(1, 3) }, () => lost));

  it.each(commits)("the COMMIT's %s is lost with the connection", async (lost) => {
    proxy.loseCommit(lost);
    await recorded({ area, fault: `the COMMIT's ${lost} lost` }, async () => {
      const end = await disturbImport(target, { at: 1, strike: nothing });
      expect(end.ending).toBe(lost === "answer" ? "committed" : "undone");
      expect(end.answer.status).toBe(lost === "answer" ? 200 : 503);
      await retryImport(target);
      return { outcome: outcomeOf(end), seconds: end.seconds };
    });
  });
});

describe.runIf(canMount)("a database on a disk that gets full", () => {
  let target: Target;
  let disk: SmallDisk;

  beforeAll(async () => {
    disk = await mountSmallDisk(path.join(postgres.directory, "small"), 400 * 1024 * 1024);
    const account = await databaseAccount();
    if (account !== null) await chown(disk.directory, account.uid, account.gid);
    await administer(postgres.url, `CREATE TABLESPACE small LOCATION '${disk.directory}'`);
    target = await startTarget({ storage: "local", bundle, postgres: postgres.url, tablespace: "small" });
  });
  afterEach(() => target.reset());
  afterAll(async () => {
    await target.stop();
    await administer(postgres.url, "DROP TABLESPACE small");
    await disk.unmount();
  });

  // Of what is needed, which is some MiB, nothing; too little, or just enough; and plenty.
  it.each([0, ...spread(tries(1, 5)).map((share) => Math.round(share * 16)), 300])("with %d MiB left", async (megabytes) => {
    await recorded({ area, fault: "disk full (tablespace)" }, async () => {
      await disk.fill(megabytes * 1024 * 1024);
      const end = await disturbImport(target, { at: 1, strike: nothing, repair: () => disk.empty() });
      if (megabytes === 0) expect(end.ending).toBe("undone");
      if (megabytes === 300) expect(end.ending).toBe("committed");
      if (end.ending === "undone") expect(end.answer).toMatchObject({ status: 503, json: { code: "database_unavailable" } });
      await retryImport(target);
      return { outcome: outcomeOf(end), seconds: end.seconds };
    });
  });
});

/** Until the import waits for another writer of its tables. */
async function isWaiting({ database }: Target): Promise<void> {
  for (;;) {
    const { rowCount } = await database.pool.query("SELECT FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock'");
    if (rowCount !== 0) return;
    await delay(20);
  }
}

/** Until the transaction that imports has lasted for such a share of its time, as the database sees it. */
async function transactionIs({ database, duration }: Target, at: number): Promise<void> {
  const milliseconds = at * transactionShare * duration;
  for (;;) {
    const { rowCount } = await database.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'system-backup' AND ${inTransaction}
       AND clock_timestamp() - xact_start > $1 * interval '1 millisecond'`,
      [milliseconds],
    );
    if (rowCount !== 0) return;
    await delay(5);
  }
}

/** One of the transaction that imports; none where that is over. */
async function cancelStatement({ database }: Target): Promise<void> {
  const givenUpAt = performance.now() + 2_000;
  while (performance.now() < givenUpAt) {
    const { rows } = await database.pool.query<{ pid: number; began: string }>(
      `SELECT pid, xact_start::text AS began, pg_cancel_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'system-backup' AND state = 'active' AND ${inTransaction}`,
    );
    // Statements are short, and an import of this size soon over: whoever finds none looks again at once.
    await delay(rows.length === 0 ? 1 : 20);
    for (const { pid, began } of rows) {
      // The statement may have been done before the cancellation came.
      const { rowCount } = await database.pool.query("SELECT FROM pg_stat_activity WHERE pid = $1 AND xact_start::text = $2 AND state NOT LIKE '%aborted%'", [pid, began]);
      if (rowCount === 0) return;
    }
  }
}

/** Of the application's pool: those in a transaction, wait for a lock or answer something. */
async function connectionsInUse({ database }: Target): Promise<number> {
  const { rowCount } = await database.pool.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'system-backup' AND state <> 'idle'",
  );
  return rowCount ?? 0;
}

/** Connects until the server refuses. */
async function takeConnections(url: string, taken: pg.Client[]): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url, application_name: "greedy" });
    client.on("error", nothing);
    try {
      await client.connect();
    } catch {
      return;
    }
    taken.push(client);
  }
}
