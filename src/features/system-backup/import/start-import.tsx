"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { ConflictMode, Plan } from "@/backup";
import { formatBytes, formatCount } from "@/components/format";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Time } from "@/components/ui/time";

import { isTrpcError, useTRPC } from "../../trpc/client";
import { FailureNotice } from "../failure-notice";
import { sumOutcomes } from "../plan/outcomes";
import { modeWords } from "../words/mode-words";
import { useImportConditions } from "./running-import";

export interface StartImportProps {
  previewId: string;
  mode: ConflictMode;
  plan: Plan;
  isExpired: boolean;
  onStarted: (runId: string) => void;
}

/** The one button that changes something, and the question before it. */
export function StartImport({ previewId, mode, plan, isExpired, onStarted }: StartImportProps) {
  const trpc = useTRPC();
  const [asking, setAsking] = useState(false);
  const isHeldUp = (useImportConditions().data?.running ?? null) !== null;
  const start = useMutation(trpc.systemBackup.imports.start.mutationOptions({ onSuccess: ({ run_id }) => onStarted(run_id) }));
  const close = (open: boolean) => {
    setAsking(open);
    start.reset();
  };
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {isHeldUp && <p className="text-[0.8125rem] text-soft">Waits for the import that is running</p>}
      <Button look="primary" disabled={isExpired || isHeldUp} onClick={() => setAsking(true)}>
        Import…
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={close}
        title="Import this into this installation?"
        description={<Numbers mode={mode} plan={plan} />}
        confirm="Import"
        pending={start.isPending}
        onConfirm={() => start.mutate({ preview_id: previewId, conflict_mode: mode, expected_plan: plan.digest })}
      >
        {start.isError && (
          <div className="mt-4">
            <FailureNotice title="The import was not started" error={start.error}>
              <Holder error={start.error} />
            </FailureNotice>
          </div>
        )}
      </ConfirmDialog>
    </div>
  );
}

function Numbers({ mode, plan }: { mode: ConflictMode; plan: Plan }) {
  const { insert, update, unchanged, skip, conflict } = sumOutcomes(plan.tables);
  const { write, replace, bytes } = plan.objects;
  const lines: [string, number][] = [
    ["rows inserted", insert],
    ["rows updated", update],
    ["rows left as they are", unchanged + skip],
    ["rows in conflict, left alone", conflict],
    ["files written", write],
    ["files written over", replace],
  ];
  return (
    <>
      <p>
        Mode: <strong className="font-semibold text-ink">{modeWords[mode].label}</strong>. It does just this, or nothing at all:
      </p>
      <ul className="mt-3 space-y-1">
        {lines.map(([what, count]) => (
          <li key={what} className="flex gap-2">
            <strong className="tabular w-16 text-right font-semibold text-ink">{formatCount(count)}</strong> {what}
          </li>
        ))}
      </ul>
      {bytes > 0 && <p className="mt-3">The files have {formatBytes(bytes)}.</p>}
      <p className="mt-3">Nothing is ever deleted. There is no way back but a backup of the database.</p>
    </>
  );
}

/** Whose import this one has to wait for. */
function Holder({ error }: { error: unknown }) {
  const holder = isTrpcError(error) ? error.data?.holder : undefined;
  if (holder === undefined) return null;
  return (
    <p>
      {holder.started_by ?? "Somebody"} started it on <Time value={holder.started_at} />.
    </p>
  );
}
