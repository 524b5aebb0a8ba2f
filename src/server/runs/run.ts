import { randomUUID } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import type { Logger } from "pino";

import type { Warning } from "@/backup";

import { pool } from "../db";
import { ClientGone, RequestError } from "../errors";
import { describeProblem } from "../problems";
import { activeRuns, type ActiveRun, type StopCode } from "./active-runs";
import { takeHolderLock } from "./holder-lock";
import type { RunCounts, RunOptions, RunProgress, RunRecord } from "./run-schema";

export interface RunStart {
  /** Unset: a new one. */
  id?: string | undefined;
  kind: RunRecord["kind"];
  userId: string;
  options: RunOptions;
  /** Aborts when the client leaves. */
  signal: AbortSignal;
  log: Logger;
}

export interface RunResult {
  options: RunOptions;
  counts: RunCounts;
  warnings: Warning[];
  /** Size of the bundle. */
  bytes: number;
  bundleSha256: string;
}

export interface Run {
  id: string;
  /** Aborts when the client leaves, the application stops, or the run's lock is lost. */
  signal: AbortSignal;
  log: Logger;
  report(progress: RunProgress): void;
  /** Notes of what is known before the end. */
  note(known: { options?: RunOptions; bytes?: number; bundleSha256?: string }): Promise<void>;
  /** Marks the run as succeeded: by an import inside its own transaction, so that record and data agree. */
  succeed(database: Pool | PoolClient, result: RunResult): Promise<void>;
}

/**
 * Does the work as a run that is recorded from its beginning to its end, well or not. While
 * it runs, its process holds a lock of the database, so that a run whose process died can be
 * told from one that goes on.
 */
export async function withRun<Result>(start: RunStart, work: (run: Run) => Promise<Result>): Promise<Result> {
  const id = start.id ?? randomUUID();
  const lock = await takeHolderLock(id);
  if (lock === null) throw new Error("The lock of a new run is taken.");
  let markEnded: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    markEnded = resolve;
  });
  const stop = new AbortController();
  const active: ActiveRun = { progress: atBeginning, stop: (why) => stop.abort(stopped(why)), ended };
  const signal = AbortSignal.any([start.signal, stop.signal, lock.lost]);
  const { log } = start;
  // What the request logs from here on is of this run: its failure above all.
  log.setBindings({ run_id: id });
  try {
    await insertRun(id, start);
    activeRuns().set(id, active);
    log.info({ kind: start.kind }, "run started");
    const result = await work(runOf(id, signal, log, active));
    log.info("run succeeded");
    return result;
  } catch (error) {
    const ending = endingOf(error, start.signal, stop.signal, lock.lost);
    const isRecorded = await recordEnding(id, ending, log);
    log.info({ ...ending, recorded: isRecorded }, "run ended");
    throw error;
  } finally {
    activeRuns().delete(id);
    await lock.release();
    markEnded();
  }
}

const atBeginning: RunProgress = { phase: "receiving", table: null, done: 0, bytes: 0 };

function runOf(id: string, signal: AbortSignal, log: Logger, active: ActiveRun): Run {
  return {
    id,
    signal,
    log,
    report: (progress) => {
      active.progress = progress;
    },
    note: (known) => noteRun(id, known),
    succeed: (database, result) => markSucceeded(id, database, result),
  };
}

async function insertRun(id: string, { kind, userId, options }: RunStart): Promise<void> {
  await pool().query("INSERT INTO backup_runs (id, kind, started_by, options) VALUES ($1, $2, $3, $4)", [
    id,
    kind,
    userId,
    JSON.stringify(options),
  ]);
}

async function noteRun(id: string, { options, bytes, bundleSha256 }: Parameters<Run["note"]>[0]): Promise<void> {
  await pool().query(
    `UPDATE backup_runs
     SET options = coalesce($2, options), bytes = coalesce($3, bytes), bundle_sha256 = coalesce($4, bundle_sha256)
     WHERE id = $1`,
    [id, options === undefined ? null : JSON.stringify(options), bytes ?? null, bundleSha256 ?? null],
  );
}

async function markSucceeded(id: string, database: Pool | PoolClient, result: RunResult): Promise<void> {
  const { rowCount } = await database.query(
    `UPDATE backup_runs
     SET state = 'succeeded', finished_at = clock_timestamp(), options = $2, counts = $3, warnings = $4, bytes = $5, bundle_sha256 = $6
     WHERE id = $1 AND state = 'running'`,
    [
      id,
      JSON.stringify(result.options),
      JSON.stringify(result.counts),
      JSON.stringify(result.warnings),
      result.bytes,
      result.bundleSha256,
    ],
  );
  // Its connection was lost for so long that another process took this one for dead.
  if (rowCount !== 1) throw new RequestError("database_unavailable", "The run was given up because its database connection broke.");
}

const stopMessages: Readonly<Record<StopCode, string>> = {
  shutting_down: "The application is stopping. Nothing was changed; try again.",
  run_stopped: "An admin stopped it. Nothing was changed.",
};

function stopped(why: StopCode): RequestError {
  return new RequestError(why, stopMessages[why]);
}

interface Ending {
  state: "failed" | "aborted";
  error_code: string | null;
}

function endingOf(error: unknown, client: AbortSignal, stop: AbortSignal, lost: AbortSignal): Ending {
  if (stop.aborted) return { state: "aborted", error_code: describeProblem(stop.reason).code };
  if (client.aborted || error instanceof ClientGone) return { state: "aborted", error_code: null };
  // It is recorded only where the run is not recorded as succeeded, and then it was not committed.
  if (lost.aborted || describeProblem(error).code === "commit_uncertain") return { state: "failed", error_code: "database_unavailable" };
  return { state: "failed", error_code: describeProblem(error).code };
}

/** @returns false where it could not be, or the run is recorded as succeeded: a commit whose answer was lost */
async function recordEnding(id: string, { state, error_code }: Ending, log: Logger): Promise<boolean> {
  try {
    const { rowCount } = await pool().query(
      "UPDATE backup_runs SET state = $2, error_code = $3, finished_at = clock_timestamp() WHERE id = $1 AND state = 'running'",
      [id, state, error_code],
    );
    return rowCount === 1;
  } catch (error) {
    // With the database away nothing can be written; the next sweep finds the run without a holder.
    log.warn({ err: error }, "the run's end could not be recorded");
    return false;
  }
}
