export { BackupError, backupErrorCodes, type BackupErrorCode, type BackupFailureCode } from "./errors";
export { conflictModes, conflictModeSchema, type ConflictMode } from "./conflict-mode";
export * from "./report";
