"use client";

import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";

import { useTRPC } from "../../trpc/client";

/** How soon it is seen that another admin has begun or ended an import. */
const lookMilliseconds = 5_000;

export function useImportConditions() {
  const trpc = useTRPC();
  return useQuery(trpc.systemBackup.imports.conditions.queryOptions({}, { refetchInterval: lookMilliseconds }));
}

/** Says that an import is running, whose it is and since when. */
export function RunningImport({ onShow }: { onShow: (runId: string) => void }) {
  const running = useImportConditions().data?.running ?? null;
  if (running === null) return null;
  return (
    <Notice tone="info" title="Another import is running" role="status">
      <p>
        {running.started_by ?? "Somebody"} started it on <Time value={running.started_at} />. Only one import runs at a time: you can
        look at a bundle meanwhile, and import it afterwards.
      </p>
      <Button size="small" className="mt-3" onClick={() => onShow(running.run_id)}>
        Show it
      </Button>
    </Notice>
  );
}
