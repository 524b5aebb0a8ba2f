import type { UseQueryResult } from "@tanstack/react-query";

import type { ExportOptions } from "@/bundle";
import { formatBytes, formatCount } from "@/components/format";
import { Card, CardHeader } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { LiveRegion } from "@/components/ui/live-region";
import { Notice } from "@/components/ui/notice";
import { TableSkeleton } from "@/components/ui/skeleton";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";

import type { Outputs } from "../../trpc/client";
import { describeFailure } from "../words/describe-failure";
import { isSelected } from "../words/option-words";
import { tableLabel } from "../words/table-words";

type Estimate = Outputs["systemBackup"]["exports"]["estimate"];

/** What the bundle would hold with these options, as things are now. */
export function EstimateCard({ estimate, options }: { estimate: UseQueryResult<Estimate, unknown>; options: ExportOptions }) {
  return (
    <Card className="overflow-hidden">
      <CardHeader title="What the bundle will hold" description="Counted now; rows that come meanwhile are not in it." />
      {estimate.data !== undefined ? (
        <EstimateTable estimate={estimate.data} options={options} />
      ) : estimate.isError ? (
        <ErrorState title="It could not be counted" description={describeFailure(estimate.error).text} onRetry={() => void estimate.refetch()} />
      ) : (
        <TableSkeleton label="Counting what an export will hold…" />
      )}
    </Card>
  );
}

function EstimateTable({ estimate, options }: { estimate: Estimate; options: ExportOptions }) {
  const { objects, settings, usual_upload_limit: limit } = estimate;
  const bytes = totalBytes(estimate, options);
  const size = bytes < 1000 ? "less than 1 kB" : `about ${formatBytes(bytes)}`;
  return (
    <>
      <div className="px-4 py-3">
        <p className="text-sm">
          The bundle will have <strong className="font-semibold">{size}</strong>.
        </p>
        <LiveRegion message={`The bundle will have ${size}.`} />
        {bytes > limit * nearLimit && (
          <div className="mt-3">
            <Notice tone="warning" title={`It is likely to ${bytes > limit ? "pass" : "come near"} the usual upload limit of ${formatBytes(limit)}`}>
              An installation takes no larger bundle, nor does the proxy before it, unless BACKUP_MAX_UPLOAD_BYTES and
              client_max_body_size were raised there. Without stored files it will be much smaller.
            </Notice>
          </div>
        )}
      </div>
      <Table label="What the bundle will hold" className="border-t border-line">
        <TableHead>
          <HeaderCell>Part</HeaderCell>
          <HeaderCell numeric>Rows</HeaderCell>
          <HeaderCell numeric>Size, about</HeaderCell>
        </TableHead>
        <TableBody>
          {estimate.tables.map(({ table, rows, bytes: size, only_with }) => (
            <Part key={table} name={tableLabel(table)} count={rows} bytes={size} isIn={isSelected(only_with, options)} />
          ))}
          <Part name="File contents" count={objects.count} bytes={objects.bytes} isIn={options.include_files} />
          <Part name="Settings" count={settings} bytes={null} isIn={options.include_settings} />
        </TableBody>
      </Table>
    </>
  );
}

/** A bundle so close may pass the limit: sizes are estimated. */
const nearLimit = 0.85;

function totalBytes({ tables, objects }: Estimate, options: ExportOptions): number {
  const rows = tables.filter(({ only_with }) => isSelected(only_with, options)).reduce((sum, { bytes }) => sum + bytes, 0);
  return rows + (options.include_files ? objects.bytes : 0);
}

function Part({ name, count, bytes, isIn }: { name: string; count: number; bytes: number | null; isIn: boolean }) {
  return (
    <TableRow className={classNames(!isIn && "text-soft")}>
      <th scope="row" className="px-4 py-1.5 font-medium">
        {name}
      </th>
      <Cell numeric className="py-1.5">
        {isIn ? formatCount(count) : "left out"}
      </Cell>
      <Cell numeric className="py-1.5">
        {isIn && bytes !== null && bytes > 0 ? formatBytes(bytes) : "–"}
      </Cell>
    </TableRow>
  );
}
