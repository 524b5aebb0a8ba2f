export const installationErrorCodes = [
  "data_directory_unusable",
  "installation_in_use",
  "system_account_missing",
  "postgres_unavailable",
  "database_unavailable",
  "database_foreign",
  "migrations_diverged",
  "address_in_use",
] as const;

export type InstallationErrorCode = (typeof installationErrorCodes)[number];

/** Why an installation cannot be opened. The message is fit to be shown to the admin who started it. */
export class InstallationError extends Error {
  override readonly name = "InstallationError";

  constructor(
    readonly code: InstallationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The code of an error from Node or PostgreSQL ("ENOENT", "57P03"); undefined for anything without one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
