import { randomUUID } from "node:crypto";
import type { Logger } from "pino";

import { ClientGone, RequestError } from "../errors";
import { logger } from "../logger";
import { describeProblem } from "../problems";
import { problemResponse } from "./problem-response";
import { RequestBody } from "./request-body";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
type Method = (typeof methods)[number];

export interface Call {
  request: Request;
  body: RequestBody;
  params: Record<string, string | string[]>;
  requestId: string;
  log: Logger;
}

type Params = Call["params"];
type Handler = (call: Call) => Promise<Response>;
type RouteHandler = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;

/**
 * The exports of a route file. Errors become problem answers, defects are logged whole and
 * told as `internal`, and every method without a handler is answered with 405.
 */
export function endpoint(handlers: Partial<Record<Method, Handler>>): Record<Method | "HEAD", RouteHandler> {
  const allowed = methods.filter((method) => handlers[method] !== undefined);
  const route = (method: Method): RouteHandler => {
    const handler = handlers[method] ?? (() => Promise.reject(notAllowed(allowed)));
    return (request, context) => answer(request, context.params, handler, allowed);
  };
  return {
    GET: route("GET"),
    POST: route("POST"),
    PUT: route("PUT"),
    PATCH: route("PATCH"),
    DELETE: route("DELETE"),
    // Next would answer HEAD by running GET and leaving its body unread: a download nobody takes.
    HEAD: (request, context) => answer(request, context.params, () => Promise.reject(notAllowed(allowed)), allowed),
  };
}

async function answer(
  request: Request,
  params: Promise<Params>,
  handler: Handler,
  allowed: readonly Method[],
): Promise<Response> {
  const requestId = randomUUID();
  const log = logger().child({ request_id: requestId, method: request.method, path: new URL(request.url).pathname });
  const body = new RequestBody(request);
  const startedAt = performance.now();
  let response: Response;
  try {
    response = await handler({ request, body, params: await params, requestId, log });
  } catch (error) {
    logFailure(log, error);
    response = problemResponse(error, requestId);
    if (response.status === 405) response.headers.set("allow", allowed.join(", "));
  }
  response.headers.set("x-request-id", requestId);
  log.info({ status: response.status, milliseconds: Math.round(performance.now() - startedAt) }, "answered");
  return body.ended ? response : lingering(response, body);
}

function logFailure(log: Logger, error: unknown): void {
  if (error instanceof ClientGone) return log.info("the client has gone");
  const { code, status } = describeProblem(error);
  if (code === "internal") return log.error({ err: error, code }, "a defect");
  if (status >= 500) return log.warn({ err: error, code }, "failed");
  log.info({ code }, "refused");
}

function notAllowed(allowed: readonly Method[]): RequestError {
  return new RequestError("method_not_allowed", `Here only ${allowed.join(" and ")} is understood.`);
}

/**
 * An answer given before the body was read. Closing the connection at once would reset it
 * and take the answer with it, so the rest of the body is read a while and thrown away.
 */
function lingering(response: Response, body: RequestBody): Response {
  const headers = new Headers(response.headers);
  headers.set("connection", "close");
  const content = response.body?.getReader();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await content?.read();
        if (next?.value !== undefined) return controller.enqueue(next.value);
        await body.linger();
        controller.close();
      },
      async cancel(reason) {
        await content?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { status: response.status, headers });
}
