"use client";

import { useQuery } from "@tanstack/react-query";

import { formatBytes, formatCount, formatQuantity } from "@/components/format";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";

import { useTRPC } from "../../trpc/client";
import { Fact, Facts } from "../facts";
import { PoliteProgress } from "../polite";
import { WarningList } from "../plan/warning-list";
import { useRate } from "../use-rate";
import { isSelected } from "../words/option-words";
import { describePhase } from "../words/run-words";
import { tableLabel } from "../words/table-words";
import { Elapsed } from "./elapsed";
import { stepsOf } from "./steps";
import { StopButton } from "./stop-button";
import { TableProgress } from "./table-progress";
import type { Run } from "./use-run";

export type ExportRun = Extract<Run, { kind: "export" }>;

/** An export while it runs. */
export function ExportProgress({ run }: { run: ExportRun }) {
  const trpc = useTRPC();
  const { data: estimate } = useQuery(trpc.systemBackup.exports.estimate.queryOptions({}, { staleTime: Infinity }));
  const { progress, options } = run;
  const bytes = progress?.bytes ?? 0;
  const rate = useRate(bytes);
  const all = { include_files: false, include_users: false, include_scan_history: false, include_settings: false, ...options };
  const tables = (estimate?.tables ?? [])
    .filter(({ only_with }) => isSelected(only_with, all))
    .map(({ table, rows }) => ({ name: table, total: rows }));
  const phase = progress === null ? "Waiting for the server" : describePhase("export", progress);
  return (
    <Card>
      <CardHeader
        title={phase}
        description="Your browser writes the download to the disk. You can leave this page: neither the export nor the download ends with it."
        actions={<StopButton id={run.id} kind="export" />}
      />
      <CardBody>
        <Facts>
          <Fact name="Downloaded">{formatBytes(bytes)}</Fact>
          <Fact name="Rate">{rate === null ? "–" : `${formatBytes(rate)}/s`}</Fact>
          <Fact name="Running for">
            <Elapsed since={run.started_at} />
          </Fact>
        </Facts>
        <PoliteProgress stage={progress?.phase ?? ""} message={`${phase}. ${formatBytes(bytes)} so far.`} />
      </CardBody>
      <div className="border-t border-line">
        <TableProgress
          label="Progress by table"
          steps={stepsOf(progress, tables, all.include_files ? (estimate?.objects.count ?? null) : null)}
        />
      </div>
    </Card>
  );
}

/** What a finished export holds. */
export function ExportResult({ run }: { run: ExportRun }) {
  if (run.counts === null) return null;
  const { rows, objects, object_bytes } = run.counts;
  return (
    <>
      <WarningList title="Good to know" warnings={run.warnings} />
      <Card>
        <CardHeader
          title="In the bundle"
          description={`${formatQuantity(Object.values(rows).reduce((sum, count) => sum + count, 0), "row")}, ${formatQuantity(objects, "file")} of ${formatBytes(object_bytes)}`}
        />
        <Table label="Rows of every table in the bundle">
          <TableHead>
            <HeaderCell>Table</HeaderCell>
            <HeaderCell numeric>Rows</HeaderCell>
          </TableHead>
          <TableBody>
            {Object.entries(rows).map(([table, count]) => (
              <TableRow key={table}>
                <Cell>{tableLabel(table)}</Cell>
                <Cell numeric>{formatCount(count)}</Cell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Card>
    </>
  );
}
