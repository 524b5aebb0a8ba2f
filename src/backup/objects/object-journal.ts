import type { Pool } from "pg";
import { z } from "zod";

import type { ObjectStore } from "@/storage";

import { inOrder, turnsApart } from "../in-order";
import { translateDatabaseError } from "../rows/database-error";
import { asidePrefix } from "../rows/object-key";

export interface JournalContext {
  pool: Pool;
  objects: ObjectStore;
}

export interface JournalEntry {
  key: string;
  /** Where what was under the key is put aside; null where there was nothing. */
  previousKey: string | null;
  /** Of what the import writes there, lower-case hex; null in notes of releases that did not say. */
  sha256: string | null;
}

export function asideKey(runId: string, fileId: string): string {
  return `${asidePrefix}${runId}/${fileId}`;
}

/**
 * Notes what an import is about to write, in a transaction of its own, so that the note
 * outlives a crash of the import.
 */
export async function noteObjects(runId: string, entries: readonly JournalEntry[], { pool }: JournalContext): Promise<void> {
  try {
    await pool.query(
      `INSERT INTO backup_run_objects (run_id, object_key, previous_key, sha256)
       SELECT $1, key, previous_key, sha256 FROM unnest($2::text[], $3::text[], $4::text[]) AS noted (key, previous_key, sha256)`,
      [runId, entries.map(({ key }) => key), entries.map(({ previousKey }) => previousKey), entries.map(({ sha256 }) => sha256)],
    );
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/** Takes one note back: the object under this key turned out to be somebody else's. */
export async function unnoteObject(runId: string, key: string, { pool }: JournalContext): Promise<void> {
  await pool.query("DELETE FROM backup_run_objects WHERE run_id = $1 AND object_key = $2", [runId, key]);
}

/**
 * Puts storage back as it was before a run that did not commit: removes what it wrote and
 * restores what it wrote over. What is under a noted key and is not what the run writes there is
 * somebody else's, and stays. Can be repeated, and goes on where it was broken off.
 */
export async function takeBackObjects(runId: string, context: JournalContext): Promise<void> {
  const { pool, objects } = context;
  const turn = turnsApart();
  const takeBack = async ({ key, previousKey, sha256 }: JournalEntry) => {
    await turn();
    const there = await objects.stat(key);
    const isOwn = there !== null && (sha256 === null || there.sha256 === sha256);
    if (previousKey === null) {
      if (isOwn) await objects.delete(key);
      return;
    }
    // No copy was put aside: the run ended before it touched the object.
    if ((await objects.stat(previousKey)) === null) return;
    if (isOwn || there === null) await objects.copy(previousKey, key);
    await objects.delete(previousKey);
  };
  for await (const entries of notedObjects(runId, "all", pool)) {
    for await (const _ of inOrder(entries, objects.requestsAtOnce, takeBack));
    await objects.discardUnfinished(entries.map(({ key }) => key));
  }
  await dropNotes(runId, pool);
}

/** Removes what a run that committed had put aside. Can be repeated. */
export async function forgetObjects(runId: string, { pool, objects }: JournalContext): Promise<void> {
  const turn = turnsApart();
  const forget = async ({ previousKey }: JournalEntry) => {
    await turn();
    if (previousKey !== null) await objects.delete(previousKey);
  };
  for await (const entries of notedObjects(runId, "put aside", pool)) {
    for await (const _ of inOrder(entries, objects.requestsAtOnce, forget));
  }
  await dropNotes(runId, pool);
}

const journalRows = z.array(z.object({ object_key: z.string(), previous_key: z.string().nullable(), sha256: z.string().nullable() }));

/** Few enough to be nothing in memory, many enough that the queries do not count. */
const page = 1000;

/** A run's notes, or those of objects for which something was put aside. */
async function* notedObjects(runId: string, which: "all" | "put aside", pool: Pool): AsyncGenerator<JournalEntry[]> {
  let after: string | null = null;
  for (;;) {
    const { rows }: { rows: unknown[] } = await pool.query(
      `SELECT object_key, previous_key, sha256 FROM backup_run_objects
       WHERE run_id = $1 AND ($2 OR previous_key IS NOT NULL) AND ($3::text IS NULL OR object_key > $3)
       ORDER BY object_key LIMIT $4`,
      [runId, which === "all", after, page],
    );
    const entries = journalRows.parse(rows).map((row) => ({ key: row.object_key, previousKey: row.previous_key, sha256: row.sha256 }));
    if (entries.length > 0) yield entries;
    if (entries.length < page) return;
    after = entries.at(-1)?.key ?? null;
  }
}

async function dropNotes(runId: string, pool: Pool): Promise<void> {
  await pool.query("DELETE FROM backup_run_objects WHERE run_id = $1", [runId]);
}
