export { applyImport, previewImport, type ImportContext, type ImportRequest } from "./apply-import";
export { conflictModes, conflictModeSchema, type ConflictMode } from "./conflict";
export { BackupError, backupErrorCodes, type BackupErrorCode, type BackupFailureCode } from "./errors";
export { exportBundle, type ExportContext, type ExportOutcome } from "./export-bundle";
export { forgetObjects, takeBackObjects, type JournalContext } from "./objects/object-journal";
export { InvalidRowsError } from "./plan/row-errors";
export * from "./report";
export { translateDatabaseError } from "./rows/database-error";
export { bundleTables, exportedTables, type TableDefinition } from "./tables";
