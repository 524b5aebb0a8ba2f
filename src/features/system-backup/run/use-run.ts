"use client";

import { useQuery } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useState } from "react";

import { useSession } from "../../trpc/session";
import { useTRPC, type Outputs } from "../../trpc/client";

export type Run = Outputs["systemBackup"]["runs"]["get"];

export interface WatchedRun {
  run: Run | null;
  /** Why it cannot be watched; what was last heard of it stays. */
  error: unknown;
  /** The connection is being made anew; figures are from before. */
  isReconnecting: boolean;
}

/** A run, live until it has ended. Give the component that uses it the run's id as its key. */
export function useRun(id: string): WatchedRun {
  const trpc = useTRPC();
  const { expired } = useSession();
  const [run, setRun] = useState<Run | null>(null);
  const isLive = run === null || run.state === "running";
  const watching = useSubscription(
    trpc.systemBackup.runs.watch.subscriptionOptions(
      { id },
      { enabled: isLive && !expired, onData: ({ data }) => setRun(data) },
    ),
  );
  const isReconnecting = watching.status === "connecting" && run !== null && isLive;
  return { run, error: isLive ? watching.error : null, isReconnecting };
}

/** The preview that an import was started from, for as long as it is kept; null afterwards. */
export function usePreviewOf(run: Run | null) {
  const trpc = useTRPC();
  const id = run?.kind === "import" ? run.options.preview_id : undefined;
  const { data } = useQuery(
    trpc.systemBackup.previews.get.queryOptions({ id: id ?? "" }, { enabled: id !== undefined, staleTime: Infinity, retry: false }),
  );
  return data?.preview ?? null;
}
