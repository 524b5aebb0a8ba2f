import type { UseQueryResult } from "@tanstack/react-query";

import type { ExportOptions } from "@/bundle";
import { formatBytes, formatCount } from "@/components/format";
import { Card, CardHeader } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { LiveRegion } from "@/components/ui/live-region";
import { TableSkeleton } from "@/components/ui/skeleton";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";

import { describeFailure } from "../words/describe-failure";
import { isSelected } from "../words/option-words";
import { tableLabel } from "../words/table-words";
import { describeSize, estimatedBytes, type Estimate } from "./estimated-bytes";

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
  const { objects, settings } = estimate;
  const size = describeSize(estimatedBytes(estimate, options));
  return (
    <>
      <div className="border-b border-line px-4 py-3">
        <p className="text-sm">
          The bundle will have <strong className="font-semibold">{size}</strong>.
        </p>
        <LiveRegion message={`The bundle will have ${size}.`} />
      </div>
      <Table label="What the bundle will hold">
        <TableHead>
          <HeaderCell>Part</HeaderCell>
          <HeaderCell numeric>Rows</HeaderCell>
          <HeaderCell numeric>Size, about</HeaderCell>
        </TableHead>
        <TableBody>
          {estimate.tables.map(({ table, rows, bytes, only_with }) => (
            <Part key={table} name={tableLabel(table)} count={rows} bytes={bytes} isIn={isSelected(only_with, options)} />
          ))}
          <Part name="File contents" count={objects.count} bytes={objects.bytes} isIn={options.include_files} />
          <Part name="Settings" count={settings} bytes={null} isIn={options.include_settings} />
        </TableBody>
      </Table>
    </>
  );
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
