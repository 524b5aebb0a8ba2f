import { z } from "zod";
import type { TestInstallation } from "./installation";

export interface ProcedureAnswer {
  status: number;
  /** Of a failure: the server's own. */
  code: string | undefined;
  /** Of a success. */
  data: unknown;
  text: string;
}

const answerSchema = z.object({
  error: z.object({ data: z.object({ code: z.string() }) }).optional(),
  result: z.object({ data: z.unknown() }).optional(),
});

/** Calls a procedure as a browser does: with a session's cookie, from the installation's own page. */
export async function callProcedure(
  installation: Pick<TestInstallation, "url">,
  path: string,
  options: { type?: string; input?: unknown; headers?: Record<string, string> } = {},
): Promise<ProcedureAnswer> {
  const { type = "query", input = {}, headers = {} } = options;
  const mutation = type === "mutation";
  const query = mutation ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const response = await fetch(`${installation.url}/api/trpc/${path}${query}`, {
    method: mutation ? "POST" : "GET",
    headers: { "sec-fetch-site": "same-origin", ...(mutation ? { "content-type": "application/json" } : {}), ...headers },
    ...(mutation ? { body: JSON.stringify(input) } : {}),
  });
  const text = await response.text();
  if (!(response.headers.get("content-type") ?? "").includes("json")) {
    return { status: response.status, code: /"code":"([a-z_]+)"/.exec(text)?.[1], data: undefined, text };
  }
  const { error, result } = answerSchema.parse(JSON.parse(text));
  return { status: response.status, code: error?.data.code, data: result?.data, text };
}
