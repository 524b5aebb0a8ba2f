"use client";

import { useQuery } from "@tanstack/react-query";
import { DatabaseBackup } from "lucide-react";
import Link from "next/link";

import { formatBytes } from "@/components/format";
import { Badge } from "@/components/ui/badge";
import { buttonClasses } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { TableSkeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";

import { useTRPC, type Outputs } from "../trpc/client";
import { QueryError } from "../trpc/query-error";

type Run = Outputs["overview"]["lastRuns"]["runs"][number];

const base = "/settings/administration/system-backup";

const kinds: Readonly<Record<Run["kind"], string>> = { export: "Export", import: "Import" };

const states: Readonly<Record<Run["state"], { name: string; tone: Tone }>> = {
  running: { name: "Running", tone: "info" },
  succeeded: { name: "Succeeded", tone: "success" },
  failed: { name: "Failed", tone: "danger" },
  aborted: { name: "Cancelled", tone: "warning" },
  interrupted: { name: "Interrupted", tone: "danger" },
};

export function LastRuns() {
  const trpc = useTRPC();
  const last = useQuery(trpc.overview.lastRuns.queryOptions({}));
  return (
    <Card>
      <CardHeader
        title="Last backups"
        actions={
          <Link href={`${base}/history`} className={buttonClasses("secondary", "small")}>
            History
          </Link>
        }
      />
      {last.isPending && <TableSkeleton rows={3} />}
      {last.isError && last.data === undefined && (
        <QueryError title="The last backups could not be loaded" error={last.error} onRetry={() => void last.refetch()} />
      )}
      {last.data?.runs.length === 0 && (
        <EmptyState
          icon={DatabaseBackup}
          title="Nothing was exported or imported yet"
          action={
            <Link href={`${base}/export`} className={buttonClasses("primary")}>
              Make an export
            </Link>
          }
        />
      )}
      {last.data !== undefined && last.data.runs.length > 0 && <Runs runs={last.data.runs} />}
    </Card>
  );
}

function Runs({ runs }: { runs: readonly Run[] }) {
  return (
    <ul className="divide-y divide-line text-[0.8125rem]">
      {runs.map((run) => (
        <li key={run.id}>
          <Link href={`${base}/history/${run.id}`} className="flex items-center gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunken">
            <span className="min-w-0 flex-1">
              <span className="font-medium">{kinds[run.kind]}</span>
              <span className="block truncate text-soft">
                <Time value={run.started_at} /> by {run.started_by?.email ?? "a user who is gone"}
              </span>
            </span>
            {run.bytes > 0 && <span className="tabular text-soft">{formatBytes(run.bytes)}</span>}
            <Badge tone={states[run.state].tone}>{states[run.state].name}</Badge>
          </Link>
        </li>
      ))}
    </ul>
  );
}
