"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { TableSkeleton } from "@/components/ui/skeleton";
import { Card } from "@/components/ui/card";

import { codeOf, useTRPC } from "../../trpc/client";
import { FailureNotice } from "../failure-notice";
import { PreviewView } from "./preview-view";

export interface KeptPreviewProps {
  id: string;
  takesFocus: boolean;
  onStarted: (runId: string) => void;
  /** A button that leads back to the beginning. */
  startAnew: ReactNode;
}

/** A preview for as long as the server keeps it. */
export function KeptPreview({ id, takesFocus, onStarted, startAnew }: KeptPreviewProps) {
  const trpc = useTRPC();
  const kept = useQuery(trpc.systemBackup.previews.get.queryOptions({ id }, { staleTime: Infinity }));
  if (kept.data !== undefined) {
    return <PreviewView id={id} kept={kept.data} takesFocus={takesFocus} onStarted={onStarted} startAnew={startAnew} />;
  }
  if (!kept.isError) {
    return (
      <Card>
        <TableSkeleton label="Loading the preview…" />
      </Card>
    );
  }
  const isGone = codeOf(kept.error) === "preview_not_found" || codeOf(kept.error) === "malformed_request";
  return (
    <FailureNotice title={isGone ? "This preview is no more" : "The preview could not be loaded"} error={kept.error}>
      {startAnew}
    </FailureNotice>
  );
}
