"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { ConflictMode } from "@/backup";
import { formatCount } from "@/components/format";
import { ErrorState } from "@/components/ui/error-state";
import { Pagination } from "@/components/ui/pagination";
import { TableSkeleton } from "@/components/ui/skeleton";

import { useTRPC, type Inputs } from "../../trpc/client";
import { describeFailure } from "../words/describe-failure";
import { tableLabel } from "../words/table-words";
import { ChangedRows } from "./rows/changed-rows";
import { PlainRows } from "./rows/plain-rows";
import type { RowKind } from "./rows/row-kind";

type Query = Inputs["systemBackup"]["previews"]["rows"];

/** The rows of one kind, a page at a time, and how many there are beyond those that were kept. */
export function RowPages({ previewId, mode, table, kind }: { previewId: string; mode: ConflictMode; table: string; kind: RowKind }) {
  const trpc = useTRPC();
  const [page, setPage] = useState(1);
  const query: Query = { id: previewId, mode, table, kind, page };
  const rows = useQuery(trpc.systemBackup.previews.rows.queryOptions(query, { placeholderData: keepPreviousData, staleTime: Infinity }));
  if (rows.data === undefined) {
    return rows.isError ? (
      <ErrorState title="The rows could not be loaded" description={describeFailure(rows.error).text} onRetry={() => void rows.refetch()} />
    ) : (
      <TableSkeleton label="Loading rows…" />
    );
  }
  const { rows: samples, page_size, kept, total } = rows.data;
  return (
    <div className="space-y-3">
      {kept < total && (
        <p className="text-[0.8125rem] text-soft">
          The first {formatCount(kept)} of {formatCount(total)} rows are kept to be looked at.
        </p>
      )}
      {kind === "conflict" && (
        <p className="text-[0.8125rem] text-soft">
          A natural key is what makes a row the same thing in every installation: of an asset its organization, type and value.
        </p>
      )}
      {kind === "update" ? <ChangedRows rows={samples} /> : <PlainRows kind={kind} table={table} rows={samples} />}
      <Pagination label={`rows of ${tableLabel(table)}`} page={page} pageSize={page_size} total={kept} onPageChange={setPage} />
    </div>
  );
}
