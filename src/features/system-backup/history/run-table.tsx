import Link from "next/link";

import { formatBytes, formatQuantity } from "@/components/format";
import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

import { basePath } from "../base-path";
import { sumOutcomes } from "../plan/outcomes";
import { durationOf } from "../run/duration";
import { Elapsed } from "../run/elapsed";
import type { Run } from "../run/use-run";
import { describeEnding, describePhase, describeRequest, kindWords, stateWords } from "../words/run-words";

export function RunTable({ runs }: { runs: readonly Run[] }) {
  return (
    <Table label="Exports and imports">
      <TableHead>
        <HeaderCell>What</HeaderCell>
        <HeaderCell>State</HeaderCell>
        <HeaderCell>Started</HeaderCell>
        <HeaderCell>By</HeaderCell>
        <HeaderCell numeric>Took</HeaderCell>
        <HeaderCell>Counts</HeaderCell>
        <HeaderCell numeric>Size</HeaderCell>
        <HeaderCell>SHA-256</HeaderCell>
      </TableHead>
      <TableBody>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </TableBody>
    </Table>
  );
}

function RunRow({ run }: { run: Run }) {
  return (
    <TableRow>
      <th scope="row" className="px-4 py-2.5 font-normal">
        <Link href={`${basePath}/history/${run.id}`} className="font-medium text-accent underline underline-offset-2">
          {kindWords[run.kind]}
        </Link>
        <span className="mt-0.5 block min-w-28 text-xs text-soft">{describeRequest(run)}</span>
      </th>
      <Cell>
        <Badge tone={stateWords[run.state].tone}>{stateWords[run.state].label}</Badge>
        <StateDetail run={run} />
      </Cell>
      <Cell>
        <Time value={run.started_at} />
      </Cell>
      <Cell>{run.started_by?.email ?? "–"}</Cell>
      <Cell numeric className="whitespace-nowrap">
        {run.state === "running" ? <Elapsed since={run.started_at} /> : durationOf(run)}
      </Cell>
      <Cell className="tabular max-w-40 min-w-32">{describeCounts(run)}</Cell>
      <Cell numeric className="whitespace-nowrap">
        {run.bytes === 0 ? "–" : formatBytes(run.bytes)}
      </Cell>
      <Cell>
        {run.bundle_sha256 === null ? (
          "–"
        ) : (
          <span className="flex items-center gap-2">
            <code className="font-mono" title={run.bundle_sha256}>
              {run.bundle_sha256.slice(0, 8)}…
            </code>
            <CopyButton text={run.bundle_sha256} what="SHA-256" look="ghost" />
          </span>
        )}
      </Cell>
    </TableRow>
  );
}

function StateDetail({ run }: { run: Run }) {
  const detail = run.progress === null ? describeEnding(run) : describePhase(run.kind, run.progress);
  return detail === null ? null : <span className="mt-1 block max-w-64 min-w-44 text-xs text-soft">{detail}</span>;
}

function describeCounts(run: Run): string {
  if (run.counts === null) return "–";
  if (run.kind === "export") {
    const rows = Object.values(run.counts.rows).reduce((sum, count) => sum + count, 0);
    return `${formatQuantity(rows, "row")}, ${formatQuantity(run.counts.objects, "file")}`;
  }
  const { insert, update } = sumOutcomes(run.counts.plan.tables);
  const { write, replace } = run.counts.plan.objects;
  return `${formatQuantity(insert, "new row")}, ${formatQuantity(update, "updated row")}, ${formatQuantity(write + replace, "file")}`;
}
