import { BackupError, forgetObjects, takeBackObjects } from "@/backup";

import { pool } from "../db";
import { logger } from "../logger";
import { objectStore } from "../object-store";
import { activeRuns } from "./active-runs";
import { takeHolderLock } from "./holder-lock";

/**
 * Settles the runs whose process has died: they become `interrupted`, the objects of an
 * import that never committed are taken back, and those of one that did are kept for good.
 * Runs of living processes, here or elsewhere, are left alone.
 *
 * @throws StorageError where storage is away; what is not settled stays for the next sweep
 */
export async function sweepRuns(): Promise<void> {
  const failures: unknown[] = [];
  for (const { id } of await unsettledRuns()) {
    // One that cannot be settled, because storage refuses one object, say, must not keep the others waiting.
    await settle(id).catch((error: unknown) => {
      logger().error({ err: error, run_id: id }, "could not settle a run whose process had died");
      failures.push(error);
    });
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * For an import about to start. What an import that failed wrote would look to it like
 * objects that are there for good, and be gone a moment later.
 *
 * @throws BackupError `import_running` while another import writes objects or takes them back; StorageError
 */
export async function settleInterruptedImports(runId: string): Promise<void> {
  await sweepRuns();
  const { rows } = await pool().query(
    `SELECT FROM backup_runs
     WHERE id <> $1 AND state <> 'succeeded' AND EXISTS (SELECT FROM backup_run_objects WHERE run_id = backup_runs.id)
     LIMIT 1`,
    [runId],
  );
  if (rows.length > 0) {
    throw new BackupError("import_running", "Another import is running, or what it wrote is being taken back.");
  }
}

/** Runs without an end, and those that ended with objects in their journal, but for this process's own. */
async function unsettledRuns(): Promise<{ id: string }[]> {
  const { rows } = await pool().query<{ id: string }>(
    `SELECT id FROM backup_runs
     WHERE state = 'running' OR EXISTS (SELECT FROM backup_run_objects WHERE run_id = backup_runs.id)
     ORDER BY started_at`,
  );
  return rows.filter(({ id }) => !activeRuns().has(id));
}

async function settle(id: string): Promise<void> {
  const lock = await takeHolderLock(id);
  if (lock === null) return;
  try {
    await pool().query(
      "UPDATE backup_runs SET state = 'interrupted', finished_at = clock_timestamp() WHERE id = $1 AND state = 'running'",
      [id],
    );
    const { rows } = await pool().query<{ state: string }>("SELECT state FROM backup_runs WHERE id = $1", [id]);
    const context = { pool: pool(), objects: objectStore() };
    if (rows[0]?.state === "succeeded") await forgetObjects(id, context);
    else await takeBackObjects(id, context);
    logger().warn({ run_id: id, state: rows[0]?.state }, "settled a run whose process had died");
  } finally {
    await lock.release();
  }
}
