import { DatabaseError } from "pg";

import { BackupError } from "../errors";

/**
 * Classes of SQLSTATE (PostgreSQL manual, Appendix A) that say the server could not do its
 * work, whatever the statement was: connection, resources, operator intervention, system
 * error, and what another transaction's lock or write got in the way of.
 */
const unavailableClasses = new Set(["08", "53", "57", "58", "40"]);
/** lock_not_available */
const lockTimeout = "55P03";
/** What node's sockets report, and pg's own message for a connection that broke in mid-query. */
const socketCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOENT", "ENOTFOUND", "EHOSTUNREACH"]);
const brokenConnection = /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/;

/** A failure of the database as the error an admin can act on; anything else as it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof DatabaseError) {
    const state = error.code ?? "";
    const unavailable = unavailableClasses.has(state.slice(0, 2)) || state === lockTimeout;
    return unavailable ? unavailableError(error) : error;
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (error instanceof AggregateError && error.errors.some((inner) => translateDatabaseError(inner) !== inner)) {
    return unavailableError(error);
  }
  return socketCodes.has(code) || brokenConnection.test(error.message) ? unavailableError(error) : error;
}

function unavailableError(cause: Error): BackupError {
  return new BackupError("database_unavailable", "The database does not answer, or broke off its work. Nothing was changed; try again.", { cause });
}
