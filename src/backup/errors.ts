import type { BundleErrorCode } from "@/bundle";
import type { StorageErrorCode } from "@/storage";

export const backupErrorCodes = [
  /** Another import holds the lock. */
  "import_running",
  /** The plan is no longer the one the caller agreed to. */
  "plan_changed",
  /** Rows that break the format's rules, or point at nothing. */
  "invalid_rows",
  /** The admin who imports is no user any more. */
  "importer_missing",
  "database_unavailable",
  /** The database broke off while it committed, and nobody could tell soon enough how that ended. */
  "commit_uncertain",
  /** A thread of the application ended before its work did: out of memory, say. */
  "thread_lost",
] as const;

export type BackupErrorCode = (typeof backupErrorCodes)[number];

/** Everything that exporting and importing may end with for a reason that is no bug. */
export type BackupFailureCode = BackupErrorCode | BundleErrorCode | StorageErrorCode;

/** The message is fit to be shown to an admin. */
export class BackupError extends Error {
  override readonly name = "BackupError";

  constructor(
    readonly code: BackupErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
