"use client";

import { useQuery } from "@tanstack/react-query";

import { useTRPC } from "../trpc/client";
import { QueryError } from "../trpc/query-error";
import { AssetsByType } from "./assets-by-type";
import { Figures } from "./figures";
import { LastRuns } from "./last-runs";
import { OverviewSkeleton } from "./overview-skeleton";
import { VulnerabilitiesBySeverity } from "./vulnerabilities-by-severity";

export function Overview({ isAdmin }: { isAdmin: boolean }) {
  const trpc = useTRPC();
  const holds = useQuery(trpc.overview.holds.queryOptions({}));
  if (holds.isPending) return <OverviewSkeleton />;
  if (holds.data === undefined) {
    return <QueryError title="The overview could not be loaded" error={holds.error} onRetry={() => void holds.refetch()} />;
  }
  return (
    <div className="flex flex-col gap-4">
      <Figures holds={holds.data} />
      <div className="grid items-start gap-4 md:grid-cols-2">
        <AssetsByType counts={holds.data.assets} />
        <div className="flex min-w-0 flex-col gap-4">
          <VulnerabilitiesBySeverity counts={holds.data.vulnerabilities} />
          {isAdmin && <LastRuns />}
        </div>
      </div>
    </div>
  );
}
