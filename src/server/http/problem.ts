import { BackupError, InvalidRowsError, type RowError } from "@/backup";
import { BundleError } from "@/bundle";
import { StorageError } from "@/storage";

import { ClientGone, RequestError, type ProblemFields, type ServerErrorCode } from "../errors";
import { isDatabaseUnavailable } from "./database-unavailable";
import { problemKinds } from "./problem-codes";

/** The body of every answer that is an error: RFC 9457, and a `code` out of a closed list. */
export interface Problem extends ProblemFields {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ServerErrorCode;
  request_id?: string;
  /** Of an invalid bundle: the first hundred. */
  errors?: RowError[];
  error_count?: number;
}

/** Not registered with IANA; nginx logs it for the same: the client was gone before the answer. */
const clientGoneStatus = 499;

/** What is told of an error. A defect says nothing of itself. */
export function describeProblem(error: unknown): Problem {
  if (error instanceof RequestError) return { ...problemOf(error.code, error.message), ...error.fields };
  if (error instanceof InvalidRowsError) {
    return { ...problemOf(error.code, error.message), errors: error.errors, error_count: error.count };
  }
  if (error instanceof BundleError) {
    return { ...problemOf(error.code, error.message), errors: [bundleErrorAsRow(error)], error_count: 1 };
  }
  if (error instanceof BackupError || error instanceof StorageError) return problemOf(error.code, error.message);
  if (isDatabaseUnavailable(error)) return problemOf("database_unavailable", "The database does not answer. Try again.");
  return problemOf("internal", "The server's log says more under this request's id.");
}

/** Whether an error is none of the known ones: a defect that the log must have whole. */
export function isDefect(error: unknown): boolean {
  return describeProblem(error).code === "internal";
}

/** The answer to an error. */
export function problemResponse(error: unknown, requestId: string): Response {
  if (error instanceof ClientGone) return new Response(null, { status: clientGoneStatus });
  const problem = describeProblem(error);
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (problem.code === "unauthorized") headers.set("www-authenticate", 'Bearer realm="system-backup"');
  if (problem.retry_after !== undefined) headers.set("retry-after", String(problem.retry_after));
  return new Response(JSON.stringify({ ...problem, request_id: requestId }), { status: problem.status, headers });
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
