export const storageErrorCodes = [
  "object_missing",
  "object_exists",
  "object_differs",
  "object_key_invalid",
  "storage_unavailable",
] as const;

export type StorageErrorCode = (typeof storageErrorCodes)[number];

/** What can go wrong with object storage. The message is fit to be shown to an admin. */
export class StorageError extends Error {
  override readonly name = "StorageError";

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
