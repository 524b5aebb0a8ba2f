"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useCallback, useMemo, useState, type ReactNode } from "react";

import { codeOf, createClient, TRPCProvider } from "./client";
import { SessionContext } from "./session";
import { SessionExpired } from "./session-expired";

/** What was asked for a moment ago is shown while it is asked for again. */
const staleMilliseconds = 5_000;

/** Once more where the server or the way to it failed; what was refused stays refused. */
const attempts = 2;

/** Everything that views ask of the server goes through here, and what they ask without a session ends in a dialog. */
export function ServerProvider({ email, children }: { email: string; children: ReactNode }) {
  const [expired, setExpired] = useState(false);
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(() => createClient(() => setExpired(true)));
  const session = useMemo(() => ({ expired }), [expired]);
  const goOn = useCallback(() => {
    setExpired(false);
    void queryClient.invalidateQueries();
  }, [queryClient]);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        <SessionContext value={session}>
          {children}
          <SessionExpired open={expired} email={email} onSignedIn={goOn} />
        </SessionContext>
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: staleMilliseconds,
        retry: (failures, error) => failures < attempts && mayHelp(error),
      },
    },
  });
}

function mayHelp(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || code === "database_unavailable" || code === "storage_unavailable";
}
