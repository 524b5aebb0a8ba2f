export { findImportHolder, getRun, listRuns } from "./read-runs";
export { withRun, type Run, type RunResult, type RunStart } from "./run";
export { exportOptionsSchema, runSchema, type RunOptions, type RunProgress, type RunRecord } from "./run-schema";
export { withImportSlot, withUploadSlot, withWorkSlot } from "./slots";
export { settleInterruptedImports, sweepRuns } from "./sweep-runs";
export { stopRun, stopRuns } from "./stop-runs";
export { watchRun } from "./watch-run";
