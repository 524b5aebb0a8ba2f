import type pg from "pg";
import type { ObjectStore } from "@/storage";
import { copyTable, type Table } from "./copy";
import { removeObjects, writeObjects, type ObjectProgress, type SeedObject } from "./objects";

export interface SeedContext {
  readonly pool: pg.Pool;
  readonly objects: ObjectStore;
  /** Gives up and takes away again what was added. */
  readonly signal?: AbortSignal | undefined;
}

export interface SeedSummary {
  /** Rows added, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Objects written, and their bytes. */
  readonly objects: { readonly count: number; readonly bytes: number };
}

export interface SeedPlan {
  /** Throws SeedError `already_seeded` where what the plan adds is there. */
  readonly refuse: (client: pg.ClientBase) => Promise<void>;
  /** Each after the tables that it refers to. */
  readonly tables: (client: pg.ClientBase) => AsyncIterable<Table> | Iterable<Table>;
  readonly objects: () => Iterable<SeedObject>;
}

/** Serialises seeds on one installation. Any number that nothing else locks: "seed" in ASCII. */
const seedLock = 0x73_65_65_64;

/**
 * Adds all of the plan or nothing: rows in one transaction, which commits when the objects are written as well.
 *
 * @throws SeedError `already_seeded` before anything is added.
 */
export async function addAll(plan: SeedPlan, { pool, objects, signal }: SeedContext): Promise<SeedSummary> {
  const client = await pool.connect();
  const progress: ObjectProgress = { begun: 0, bytes: 0 };
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    // A large inventory takes minutes; whatever limit the installation has is meant for requests.
    await client.query("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0");
    await client.query("SELECT pg_advisory_xact_lock($1)", [seedLock]);
    await plan.refuse(client);
    const rows: Record<string, number> = {};
    for await (const table of plan.tables(client)) {
      rows[table.name] = (rows[table.name] ?? 0) + (await copyTable(client, table, signal));
    }
    await writeObjects(objects, plan.objects(), progress, signal);
    signal?.throwIfAborted();
    await client.query("COMMIT");
    return { rows, objects: { count: progress.begun, bytes: progress.bytes } };
  } catch (error) {
    await client.query("ROLLBACK").catch((reason: unknown) => (broken = asError(reason)));
    // The first failure is the one to report; what stays in the store is written over by the next seed.
    await removeObjects(objects, plan.objects(), progress).catch(() => undefined);
    throw error;
  } finally {
    client.release(broken);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
