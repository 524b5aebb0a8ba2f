import type { RunProgress } from "./run-schema";

/** A run of this process. */
export interface ActiveRun {
  progress: RunProgress;
  /** Ends the run because the application stops. */
  stop(): void;
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
