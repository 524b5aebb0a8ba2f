"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, type ReactNode } from "react";

import { formatBytes } from "@/components/format";
import { Card, CardBody } from "@/components/ui/card";
import { LiveRegion } from "@/components/ui/live-region";
import { Notice } from "@/components/ui/notice";
import { TableSkeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";

import { useTRPC } from "../../trpc/client";
import { Fact, Facts } from "../facts";
import { FailureNotice } from "../failure-notice";
import { Sha256 } from "../sha256";
import { StepHeading } from "../step-heading";
import { describeEnding, describeRequest, kindWords, stateWords } from "../words/run-words";
import { durationOf } from "./duration";
import { ExportProgress, ExportResult } from "./export-run";
import { ImportProgress, ImportResult } from "./import-run";
import { useRun, type Run } from "./use-run";

export interface RunViewProps {
  id: string;
  /** It was started here, so the focus goes to it. */
  takesFocus: boolean;
  /** What can be done next, once it has ended. */
  next?: (run: Run | null) => ReactNode;
}

/** One export or import, live while it runs and whole when it has ended. */
export function RunView({ id, takesFocus, next }: RunViewProps) {
  const { run, error, isReconnecting } = useRun(id);
  useRefreshAtEnd(run);
  if (run === null) {
    if (error === null) return <TableSkeleton label="Loading the run…" />;
    return (
      <div className="space-y-4">
        <FailureNotice title="There is nothing to show" error={error} />
        {next?.(null)}
      </div>
    );
  }
  return (
    <div className="space-y-4">
      <StepHeading takesFocus={takesFocus}>{headingOf(run)}</StepHeading>
      {/* With the focus on it, the heading is read out anyway. */}
      {!takesFocus && <LiveRegion message={headingOf(run)} />}
      {isReconnecting && <Notice tone="warning" title="The connection was lost and is being made anew. What you see is from before." role="status" />}
      {run.state === "running" ? <Progress run={run} /> : <Ended run={run} />}
      {run.state !== "running" && next?.(run)}
    </div>
  );
}

function Progress({ run }: { run: Run }) {
  return run.kind === "export" ? <ExportProgress run={run} /> : <ImportProgress run={run} />;
}

function Ended({ run }: { run: Run }) {
  const why = describeEnding(run);
  return (
    <>
      {why !== null && <Notice tone={stateWords[run.state].tone === "warning" ? "warning" : "danger"} title={why} role="alert" />}
      <Card>
        <CardBody>
          <RunFacts run={run} />
        </CardBody>
      </Card>
      {run.kind === "export" ? <ExportResult run={run} /> : <ImportResult run={run} />}
    </>
  );
}

function RunFacts({ run }: { run: Run }) {
  return (
    <Facts>
      <Fact name="Started">
        <Time value={run.started_at} />
      </Fact>
      <Fact name="By">{run.started_by?.email ?? "a user who is no more"}</Fact>
      <Fact name="Took">{durationOf(run) ?? "–"}</Fact>
      <Fact name={run.kind === "export" ? "Options" : "Mode"}>{describeRequest(run)}</Fact>
      <Fact name="Size of the bundle">{run.bytes === 0 ? "–" : formatBytes(run.bytes)}</Fact>
      <Fact name="State">{stateWords[run.state].label}</Fact>
      {run.bundle_sha256 !== null && (
        <Fact name="SHA-256 of the bundle" wide>
          <Sha256 value={run.bundle_sha256} />
        </Fact>
      )}
    </Facts>
  );
}

const headings: Readonly<Record<Run["state"], (kind: string) => string>> = {
  running: (kind) => `${kind} under way`,
  succeeded: (kind) => `${kind} finished`,
  failed: (kind) => `${kind} failed`,
  aborted: (kind) => `${kind} stopped`,
  interrupted: (kind) => `${kind} interrupted`,
};

function headingOf({ kind, state }: Run): string {
  return headings[state](kindWords[kind]);
}

/** What an import wrote is everywhere: nothing that was asked for before it is true any more. */
function useRefreshAtEnd(run: Run | null): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const wasRunning = useRef(false);
  const state = run?.state;
  useEffect(() => {
    if (state === "running") wasRunning.current = true;
    else if (state !== undefined && wasRunning.current) {
      wasRunning.current = false;
      // Previews are what was said then.
      const kept = trpc.systemBackup.previews.pathKey();
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => JSON.stringify(queryKey[0]) !== JSON.stringify(kept[0]) });
    }
  }, [state, queryClient, trpc]);
}
