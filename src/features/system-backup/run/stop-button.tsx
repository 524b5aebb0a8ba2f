"use client";

import { useMutation } from "@tanstack/react-query";
import { Square } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";

import { useTRPC } from "../../trpc/client";
import { FailureNotice } from "../failure-notice";
import type { Run } from "./use-run";

const consequences: Readonly<Record<Run["kind"], string>> = {
  export: "What was downloaded so far is no whole bundle and cannot be imported. Nothing here changes.",
  import: "Everything that the import has written so far is taken back. This installation is then as it was before.",
};

export function StopButton({ id, kind }: { id: string; kind: Run["kind"] }) {
  const trpc = useTRPC();
  const [asking, setAsking] = useState(false);
  const stop = useMutation(trpc.systemBackup.runs.stop.mutationOptions({ onSettled: () => setAsking(false) }));
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        <Square aria-hidden className="size-3.5" />
        Stop the {kind}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Stop the ${kind}?`}
        description={consequences[kind]}
        confirm={`Stop the ${kind}`}
        look="danger"
        pending={stop.isPending}
        onConfirm={() => stop.mutate({ id })}
      />
      {stop.isError && <FailureNotice title={`The ${kind} could not be stopped`} error={stop.error} />}
    </>
  );
}
