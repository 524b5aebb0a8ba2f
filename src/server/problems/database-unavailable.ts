/** Classes of SQLSTATE (PostgreSQL manual, Appendix A): connection exception, insufficient resources. */
const unavailableClasses: ReadonlySet<string> = new Set(["08", "53"]);

/** Operator intervention: a server that stops or starts, a statement that was cancelled by an operator or by a timeout of the role. */
const interventionStates = /^57(P0|014$)/;

const socketCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EHOSTUNREACH",
]);

/** Prisma's codes for a server that cannot be reached, closed the connection or has none left. */
const prismaCodes: ReadonlySet<string> = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2037"]);

/** What pg says without giving a code. */
const brokenConnection =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|Cannot use a pool after calling end/;

/**
 * Whether an error of pg or Prisma says that the database is away rather than that a
 * statement was wrong. The layers below have their own codes for it; this is for the
 * queries of the server itself.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isDatabaseUnavailable)) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (socketCodes.has(code) || prismaCodes.has(code) || interventionStates.test(code)) return true;
  if (code.length === 5 && unavailableClasses.has(code.slice(0, 2))) return true;
  if (error.name === "PrismaClientInitializationError" || brokenConnection.test(error.message)) return true;
  return isDatabaseUnavailable(error.cause);
}
