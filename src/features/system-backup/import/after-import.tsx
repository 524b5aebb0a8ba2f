"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";

import { useTRPC } from "../../trpc/client";
import { FailureNotice } from "../failure-notice";
import type { Run } from "../run/use-run";

export interface AfterImportProps {
  /** Null where the run cannot be shown. */
  run: Run | null;
  onCompareAgain: (previewId: string) => void;
  onStartAnew: () => void;
}

/** How to go on after an import, well or not. */
export function AfterImport({ run, onCompareAgain, onStartAnew }: AfterImportProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const previewId = run?.kind === "import" && run.state !== "succeeded" ? run.options.preview_id : undefined;
  const refresh = useMutation(
    trpc.systemBackup.previews.refresh.mutationOptions({
      onSuccess: async (_answer, { id }) => {
        await queryClient.invalidateQueries(trpc.systemBackup.previews.pathFilter());
        onCompareAgain(id);
      },
    }),
  );
  return (
    <div className="space-y-3">
      {refresh.isError && <FailureNotice title="The bundle could not be compared again" error={refresh.error} />}
      <div className="flex flex-wrap gap-2">
        {previewId !== undefined && (
          <Button look="primary" pending={refresh.isPending} onClick={() => refresh.mutate({ id: previewId })}>
            Compare again
          </Button>
        )}
        <Button onClick={onStartAnew}>Import another bundle</Button>
      </div>
    </div>
  );
}
