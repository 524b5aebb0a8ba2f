"use client";

import { ErrorState } from "@/components/ui/error-state";

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <ErrorState
      title="This page could not be shown"
      description="Something went wrong while it was made. The server's log says more."
      onRetry={reset}
    />
  );
}
