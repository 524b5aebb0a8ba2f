export const storageErrorCodes = [
  "object_missing",
  "object_exists",
  "object_differs",
  "object_key_invalid",
  "storage_unavailable",
] as const;

export type StorageErrorCode = (typeof storageErrorCodes)[number];

/** The same for every copy of this module. */
const mark = Symbol.for("system-backup.StorageError");

/**
 * What can go wrong with object storage. The message is fit to be shown to an admin.
 *
 * Next bundles a copy of this module of its own, while the process has one store: an error that the store's
 * copy made is one for the other copy, too.
 */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly [mark] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && mark in value;
  }

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
