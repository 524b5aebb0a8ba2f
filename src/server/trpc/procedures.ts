import { initTRPC } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";

import { authenticateSession, reauthenticateAdmin, requireAdmin } from "../auth";
import { trpcCodeOf } from "../problems";
import type { TrpcContext } from "./context";
import { describeTrpcError } from "./describe-trpc-error";

/** Below the minute after which nginx, as most proxies, closes a connection that says nothing. */
const pingMilliseconds = 15_000;

/** A client that heard nothing for two pings connects anew. */
const silenceMilliseconds = 40_000;

/** After so long a subscription is ended; its client comes back and is authenticated again. */
const subscriptionMilliseconds = 5 * 60 * 1000;

const t = initTRPC.context<TrpcContext>().create({
  sse: {
    ping: { enabled: true, intervalMs: pingMilliseconds },
    client: { reconnectAfterInactivityMs: silenceMilliseconds },
    maxDurationMs: subscriptionMilliseconds,
  },
  errorFormatter: ({ error, ctx }) => {
    const problem = describeTrpcError(error);
    return {
      message: problem.detail,
      code: TRPC_ERROR_CODES_BY_KEY[trpcCodeOf(problem.code)],
      data: { ...problem, httpStatus: problem.status, request_id: ctx?.requestId },
    };
  },
});

export const { router, createCallerFactory } = t;

/** Whoever has a session. The user is read anew on every call. @throws RequestError `unauthorized`, `cross_origin` */
export const signedInProcedure = t.procedure.use(async ({ ctx, next }) => {
  const principal = await authenticateSession(ctx.request);
  return next({ ctx: { principal } });
});

/** Admins alone. @throws RequestError `forbidden` besides */
export const adminProcedure = signedInProcedure.use(({ ctx, next }) => {
  const { principal } = ctx;
  requireAdmin(principal);
  return next({
    ctx: {
      principal,
      /** For subscriptions, before each event: whoever is no admin any more hears nothing more. */
      stillAdmin: () => reauthenticateAdmin(principal),
    },
  });
});
