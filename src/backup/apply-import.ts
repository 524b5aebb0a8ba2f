import { setTimeout as sleep } from "node:timers/promises";

import type { Pool, PoolClient } from "pg";
import { z } from "zod";

import type { Bundle } from "@/bundle";
import type { ObjectStore } from "@/storage";

import { conflictModes, type ConflictMode } from "./conflict";
import { BackupError } from "./errors";
import { importObjects } from "./objects/import-objects";
import { forgetObjects, takeBackObjects } from "./objects/object-journal";
import { planAndWriteStraight, planImport, type ImportPlan, type PlanContext } from "./plan-import";
import { insertRows, updateRows } from "./plan/apply-rows";
import { RowErrors } from "./plan/row-errors";
import { stageNewRows } from "./plan/stage-new-rows";
import type { RowSource } from "./plan/stage-rows";
import type { StagedTable } from "./plan/staged-table";
import type { ImportAnalysis, ImportOutcome, Plan, Progress } from "./report";
import { CommitUncertain } from "./rows/commit";
import { withRowEncoding, type RowEncoding } from "./rows/row-encoding";
import { identifiers } from "./rows/sql";
import { inTransaction, type Transaction } from "./rows/transaction";
import { exportedTables } from "./tables";

export interface ImportContext {
  pool: Pool;
  objects: ObjectStore;
  /** The admin who imports: a user here. */
  importingUserId: string;
  signal: AbortSignal;
  /** Waits before rows go to the database while others need it more. */
  giveWay?: (() => Promise<void>) | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface ImportRequest {
  mode: ConflictMode;
  /** The digest of the plan that the caller agreed to. */
  expectedPlan?: string | undefined;
  /** The row of backup_runs that stands for this import. */
  runId: string;
  /** Runs in the import's own transaction just before it commits, so that what it writes is true or not there. */
  beforeCommit: (client: PoolClient, outcome: ImportOutcome) => Promise<void>;
}

/** Any number that nothing else here locks: "backup" in ASCII. */
const importLock = 0x6261636b7570;

/** Whoever stopped an import and starts another is faster than the server that ends the first one's session. */
const patienceMilliseconds = 3_000;
const askAgainMilliseconds = 100;

/** Nobody waits longer for a scanner that writes meanwhile; the import then fails and can be tried again. */
const lockTimeout = "10s";

/**
 * What importing the bundle would do here in each mode. Changes nothing: everything it
 * needs stands in temporary tables of a transaction that is rolled back.
 *
 * @throws InvalidRowsError, BackupError `importer_missing` and `database_unavailable`,
 * BundleError, StorageError, the signal's reason
 */
export function previewImport(
  bundle: Bundle,
  context: ImportContext & Pick<PlanContext, "onSamples">,
): Promise<ImportAnalysis> {
  const preview = async (client: PoolClient, encoding: RowEncoding) => {
    const planContext = { ...context, client, encoding, isPreview: true };
    const { counts, objects, plans, warnings } = await planImport(bundle, conflictModes, planContext);
    const plan = {
      skip_existing: planOf(plans, "skip_existing"),
      merge: planOf(plans, "merge"),
      overwrite_metadata_only: planOf(plans, "overwrite_metadata_only"),
    };
    return { counts, objects, plan, warnings };
  };
  return withRowEncoding(bundle, (encoding) =>
    inTransaction(context.pool, "BEGIN ISOLATION LEVEL REPEATABLE READ", context.signal, ({ client }) => preview(client, encoding)),
  );
}

/**
 * Imports the bundle in one mode: plans, writes rows and objects as planned, and commits.
 * Whatever fails, database and storage are as they were; objects that could not be taken
 * back at once are noted in backup_run_objects for takeBackObjects.
 *
 * @throws what previewImport throws, and BackupError `import_running`, `plan_changed`, `commit_uncertain`
 */
export async function applyImport(bundle: Bundle, request: ImportRequest, context: ImportContext): Promise<ImportOutcome> {
  const { runId } = request;
  try {
    const outcome = await withRowEncoding(bundle, (encoding) =>
      inTransaction(context.pool, "BEGIN", context.signal, (transaction) =>
        importInto(transaction, bundle, encoding, request, context),
      ),
    );
    // What it leaves behind where this fails is found again by its note.
    await forgetObjects(runId, context).catch(() => undefined);
    return outcome;
  } catch (error) {
    // Objects of rows that may be there stay until somebody can tell.
    if (!(error instanceof CommitUncertain)) await takeBackObjects(runId, context).catch(() => undefined);
    throw error;
  }
}

async function importInto(
  { client, commit }: Transaction,
  bundle: Bundle,
  encoding: RowEncoding,
  request: ImportRequest,
  context: ImportContext,
): Promise<ImportOutcome> {
  const { mode, expectedPlan, runId, beforeCommit } = request;
  await takeImportLock(client, runId, context.signal);
  const planContext = { ...context, client, encoding, beforeComparing: () => lockTables(client) };
  const planned =
    (await planAndWriteStraight(bundle, mode, planContext)) ?? (await planImport(bundle, [mode], planContext));
  const plan = planOf(planned.plans, mode);
  if (expectedPlan !== undefined && expectedPlan !== plan.digest) {
    throw new BackupError("plan_changed", "This installation has changed since the preview: the import would do something else now.");
  }
  await writeRows({ client, bundle, encoding, giveWay: context.giveWay }, planned, plan, mode, context);
  // Objects may take many times as long.
  await encoding.end();
  await writeObjects(client, bundle, planned, mode, runId, context);
  context.onProgress?.({ phase: "finishing", table: null, done: 0, bytes: 0 });
  const { counts, objects, warnings } = planned;
  const outcome = { conflict_mode: mode, counts, objects, plan, warnings };
  await beforeCommit(client, outcome);
  context.signal.throwIfAborted();
  await commit();
  return outcome;
}

/**
 * A failed import lets go of the lock before its objects are taken back: they would look as
 * if they were here for good, and be gone a moment later. So its journal counts as a lock, too.
 */
async function takeImportLock(client: PoolClient, runId: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while (!(await tryImportLock(client, runId))) {
    if (performance.now() > deadline) throw new BackupError("import_running", "Another import is running. Only one runs at a time.");
    await sleep(askAgainMilliseconds, undefined, { signal });
  }
}

async function tryImportLock(client: PoolClient, runId: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT pg_try_advisory_xact_lock($1) AS taken,
            EXISTS (SELECT FROM backup_run_objects o JOIN backup_runs r ON r.id = o.run_id
                    WHERE r.id <> $2 AND r.state <> 'succeeded') AS unsettled`,
    [importLock, runId],
  );
  const [{ taken, unsettled }] = lockRows.parse(rows);
  if (!taken) return false;
  if (unsettled) throw new BackupError("import_running", "What a failed import wrote is being taken back. Try again in a moment.");
  return true;
}

/** From here to the commit nobody else writes into these tables, so that what is planned is what is done. */
async function lockTables(client: PoolClient): Promise<void> {
  const names = exportedTables.map((table) => table.name);
  await client.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
  await client.query(`LOCK TABLE ${identifiers(names)} IN SHARE ROW EXCLUSIVE MODE`);
}

async function writeRows(
  source: RowSource,
  { tables }: ImportPlan,
  plan: Plan,
  mode: ConflictMode,
  { importingUserId, onProgress }: ImportContext,
): Promise<void> {
  const { client } = source;
  for (const staged of tables.values()) {
    const expected = plan.tables[staged.name];
    if (!staged.isImported || expected === undefined) continue;
    onProgress?.({ phase: "tables", table: staged.name, done: 0, bytes: 0 });
    // What is planned to be nothing is not looked for: to find none takes as long as to find some.
    const updated = expected.update === 0 ? 0 : await updateRows(client, staged, mode, tables, importingUserId);
    const inserted = await insertNewRows(source, staged, tables, expected.insert, importingUserId);
    if (updated !== expected.update || inserted !== expected.insert) {
      throw new Error(
        `${staged.name}: planned ${expected.insert} inserts and ${expected.update} updates, did ${inserted} and ${updated}`,
      );
    }
    onProgress?.({ phase: "tables", table: staged.name, done: updated + inserted, bytes: 0 });
  }
}

/** @returns how many rows of the table were inserted, here or when they were read */
async function insertNewRows(
  source: RowSource,
  staged: StagedTable,
  tables: ImportPlan["tables"],
  expected: number,
  importingUserId: string,
): Promise<number> {
  if (staged.isWritten) return staged.rows;
  if (expected === 0) return 0;
  if (staged.isPartial) await stageNewRows(source, staged, new RowErrors());
  return insertRows(source.client, staged, tables, importingUserId);
}

async function writeObjects(
  client: PoolClient,
  bundle: Bundle,
  planned: ImportPlan,
  mode: ConflictMode,
  runId: string,
  context: ImportContext,
): Promise<void> {
  const files = planned.tables.get("files");
  if (files === undefined) throw new Error("The registry has no table files");
  let done = 0;
  let bytes = 0;
  const onObject = (size: number) => {
    bytes += size;
    context.onProgress?.({ phase: "objects", table: null, done: ++done, bytes });
  };
  await importObjects(client, bundle, files, mode, { id: runId, signal: context.signal, onObject }, context);
}

function planOf(plans: ReadonlyMap<ConflictMode, Plan>, mode: ConflictMode): Plan {
  const plan = plans.get(mode);
  if (plan === undefined) throw new Error(`Mode ${mode} was not planned`);
  return plan;
}

const lockRows = z.tuple([z.object({ taken: z.boolean(), unsettled: z.boolean() })]);
