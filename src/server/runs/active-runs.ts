import type { RunProgress } from "./run-schema";

/** Why a run of this process is ended from outside: the application stops, or an admin wants it so. */
export type StopCode = "shutting_down" | "run_stopped";

/** A run of this process. */
export interface ActiveRun {
  progress: RunProgress;
  /** Ends the run, unless it has just succeeded. */
  stop(why: StopCode): void;
  /** Settles when the run's record says how it ended. */
  ended: Promise<void>;
}

// The start command stops what Next's copy of this module started: one map for the process.
const globals: typeof globalThis & { systemBackupActiveRuns?: Map<string, ActiveRun> } = globalThis;

/** The runs of this process by id. */
export function activeRuns(): Map<string, ActiveRun> {
  globals.systemBackupActiveRuns ??= new Map();
  return globals.systemBackupActiveRuns;
}
