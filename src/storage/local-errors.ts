import { StorageError } from "./errors";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no room is left on the device",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission was denied",
  EPERM: "the operation is not permitted; the filesystem must support hard links",
  EROFS: "the filesystem is read-only",
  EIO: "the device reported an error",
  EMFILE: "this process has too many files open",
  ENFILE: "the machine has too many files open",
  ENOTDIR: "a part of the path is not a folder",
  ENOTSUP: "the filesystem does not support hard links",
};

/** The errno of a failed system call, or undefined where the error is another kind. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Runs file operations; what the operating system refuses becomes `storage_unavailable`. */
export async function inFolder<Value>(description: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw asStorageError(description, error);
  }
}

export function asStorageError(description: string, error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined) return error;
  // The system's own message names the file, which is for the log: it is the cause.
  const reason = REASONS[code] ?? "the operating system refused it";
  return new StorageError("storage_unavailable", `${description} failed: ${reason} (${code}).`, { cause: error });
}
