import { BackupError, InvalidRowsError, type RowError } from "@/backup";
import { BundleError } from "@/bundle";
import { StorageError } from "@/storage";

import { RequestError, type ServerErrorCode } from "../errors";
import { isDatabaseUnavailable } from "./database-unavailable";
import { problemKinds } from "./problem-kinds";
import type { Problem } from "./problem-schema";

/** What is told of an error. A defect says nothing of itself. */
export function describeProblem(error: unknown): Problem {
  if (error instanceof RequestError) return { ...problemOf(error.code, error.message), ...error.fields };
  if (error instanceof InvalidRowsError) {
    return { ...problemOf(error.code, error.message), errors: error.errors, error_count: error.count, error_count_is_least: error.countIsLeast };
  }
  if (error instanceof BundleError) {
    return { ...problemOf(error.code, error.message), errors: [bundleErrorAsRow(error)], error_count: 1, error_count_is_least: false };
  }
  if (error instanceof BackupError || error instanceof StorageError) return problemOf(error.code, error.message);
  if (isDatabaseUnavailable(error)) return problemOf("database_unavailable", "The database does not answer, or broke off its work. Try again.");
  return problemOf("internal", "The server's log says more under this request's id.");
}

function problemOf(code: ServerErrorCode, detail: string): Problem {
  const { status, title } = problemKinds[code];
  return { type: `urn:system-backup:problem:${code}`, title, status, detail, code };
}

function bundleErrorAsRow({ code, message, entry, row, column }: BundleError): RowError {
  return {
    code,
    message,
    ...(entry === undefined ? {} : { entry }),
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
  };
}
