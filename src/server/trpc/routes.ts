import { fetchRequestHandler } from "@trpc/server/adapters/fetch";

import { endpoint, type Call } from "../http/endpoint";
import { describeTrpcError } from "./describe-trpc-error";
import { appRouter } from "./router";
import { untilStopping } from "./subscriptions";

/** No input of a page comes near; what is refused here is never parsed. */
const maximumBodyBytes = 64 * 1024;

/** Everything below /api/trpc. */
export const trpcRoutes = endpoint({ GET: handle, POST: handle });

async function handle({ request, body, requestId, log }: Call): Promise<Response> {
  const text = await body.text(maximumBodyBytes);
  const { url, method, headers } = request;
  const bounded = new Request(url, {
    method,
    headers,
    // A subscription would keep the application from stopping.
    signal: AbortSignal.any([request.signal, untilStopping()]),
    ...(method === "POST" ? { body: text } : {}),
  });
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: bounded,
    router: appRouter,
    // No page of ours asks so, and one request could ask for anything any number of times.
    allowBatching: false,
    createContext: () => ({ request: bounded, requestId, log }),
    responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
    onError: ({ error, path }) => {
      const { code, status } = describeTrpcError(error);
      if (code === "internal") log.error({ err: error.cause ?? error, procedure: path }, "a defect");
      else if (status >= 500) log.warn({ err: error.cause ?? error, code, procedure: path }, "failed");
      else log.info({ code, procedure: path }, "refused");
    },
  });
}
