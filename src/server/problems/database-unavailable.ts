import { z } from "zod";

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

/** Where Prisma keeps the SQLSTATE of a failure that it has no code of its own for. */
const adapterErrorSchema = z.object({ meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) }) });

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
  if (socketCodes.has(code) || prismaCodes.has(code)) return true;
  if (isUnavailableState(adapterErrorSchema.safeParse(error).data?.meta.driverAdapterError.cause.originalCode ?? code)) return true;
  if (error.name === "PrismaClientInitializationError" || brokenConnection.test(error.message)) return true;
  return isDatabaseUnavailable(error.cause);
}

function isUnavailableState(state: string): boolean {
  return interventionStates.test(state) || (state.length === 5 && unavailableClasses.has(state.slice(0, 2)));
}
