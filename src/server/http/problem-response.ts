import { ClientGone } from "../errors";
import { describeProblem } from "../problems";

/** Not registered with IANA; nginx logs it for the same: the client was gone before the answer. */
const clientGoneStatus = 499;

/** The answer to an error. */
export function problemResponse(error: unknown, requestId: string): Response {
  if (error instanceof ClientGone) return new Response(null, { status: clientGoneStatus });
  const problem = describeProblem(error);
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (problem.code === "unauthorized") headers.set("www-authenticate", 'Bearer realm="system-backup"');
  if (problem.retry_after !== undefined) headers.set("retry-after", String(problem.retry_after));
  return new Response(JSON.stringify({ ...problem, request_id: requestId }), { status: problem.status, headers });
}
