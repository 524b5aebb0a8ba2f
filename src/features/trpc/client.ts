import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, TRPCClientError, type TRPCLink } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { observable, tap } from "@trpc/server/observable";
import { createTRPCContext } from "@trpc/tanstack-react-query";

import type { AppRouter } from "@/server/trpc/router";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;
export type TrpcError = TRPCClientError<AppRouter>;

const url = "/api/trpc";

/** @param onSignedOut told whenever an answer says that there is no session */
export function createClient(onSignedOut: () => void) {
  return createTRPCClient<AppRouter>({
    links: [
      watchSession(onSignedOut),
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({ url }),
        // Each question by itself: what is answered first is shown first.
        false: httpLink({ url }),
      }),
    ],
  });
}

function watchSession(onSignedOut: () => void): TRPCLink<AppRouter> {
  return () =>
    ({ next, op }) =>
      observable((observer) =>
        next(op)
          .pipe(
            tap({
              error: (error) => {
                if (codeOf(error) === "unauthorized") onSignedOut();
              },
            }),
          )
          .subscribe(observer),
      );
}

/** The server's code of an error, out of its closed list; undefined where the answer never came. */
export function codeOf(error: unknown): NonNullable<TrpcError["data"]>["code"] | undefined {
  return isTrpcError(error) ? error.data?.code : undefined;
}

export function isTrpcError(error: unknown): error is TrpcError {
  return error instanceof TRPCClientError;
}
