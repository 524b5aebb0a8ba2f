"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, History } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { TableSkeleton } from "@/components/ui/skeleton";

import { useTRPC } from "../../trpc/client";
import { describeFailure } from "../words/describe-failure";
import { RunTable } from "./run-table";

/** A screen or two. */
const pageSize = 20;

/** While something runs its figures move; asking so often costs little. */
const liveMilliseconds = 2_000;

/** Every export and import, newest first. */
export function HistoryPanel() {
  const trpc = useTRPC();
  // Where each page so far begins: below the run with this id.
  const [path, setPath] = useState<readonly string[]>([]);
  const before = path.at(-1);
  const runs = useQuery(
    trpc.systemBackup.runs.list.queryOptions(
      { limit: pageSize, ...(before === undefined ? {} : { before }) },
      {
        placeholderData: keepPreviousData,
        refetchInterval: ({ state }) => (state.data?.runs.some((run) => run.state === "running") ? liveMilliseconds : false),
      },
    ),
  );
  if (runs.data === undefined) {
    return (
      <Card>
        {runs.isError ? (
          <ErrorState title="The history could not be loaded" description={describeFailure(runs.error).text} onRetry={() => void runs.refetch()} />
        ) : (
          <TableSkeleton label="Loading the history…" />
        )}
      </Card>
    );
  }
  const { runs: records, next } = runs.data;
  if (records.length === 0 && path.length === 0) {
    return (
      <Card>
        <EmptyState icon={History} title="Nothing yet" description="Every export and import of this installation is listed here, over REST ones too." />
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <RunTable runs={records} />
      {(path.length > 0 || next !== null) && (
        <nav aria-label="Pages of the history" className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
          <Button size="small" disabled={path.length === 0} onClick={() => setPath(path.slice(0, -1))}>
            <ChevronLeft aria-hidden className="size-4" />
            Newer
          </Button>
          <Button size="small" disabled={next === null} onClick={() => next !== null && setPath([...path, next])}>
            Older
            <ChevronRight aria-hidden className="size-4" />
          </Button>
        </nav>
      )}
    </Card>
  );
}
