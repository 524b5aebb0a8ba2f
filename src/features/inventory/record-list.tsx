"use client";

import { SearchX, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { TableSkeleton } from "@/components/ui/skeleton";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";

import { QueryError } from "../trpc/query-error";
import { pageOf, type Address } from "./use-address";

export interface Column<Row> {
  header: string;
  numeric?: boolean;
  /** Where there is no room for it: `hidden md:table-cell`, say. */
  className?: string;
  cell: (row: Row) => ReactNode;
}

/** What of a query this list looks at. */
interface Asked<Data> {
  data: Data | undefined;
  error: unknown;
  isPending: boolean;
  isPlaceholderData: boolean;
  refetch: () => Promise<unknown>;
}

export interface RecordListProps<Row extends { id: string }> {
  /** What is listed, in the plural: "assets". */
  what: string;
  icon: LucideIcon;
  columns: readonly Column<Row>[];
  rows: Asked<{ rows: Row[] }>;
  count: Asked<{ total: number; page_size: number }>;
  address: Address;
  /** Names in the address that narrow the list. */
  filters: readonly string[];
  toolbar: ReactNode;
}

export function RecordList<Row extends { id: string }>(props: RecordListProps<Row>) {
  const { what, rows, count, address, toolbar } = props;
  return (
    <Card>
      <div role="search" className="flex flex-wrap gap-2 border-b border-line p-3">
        {toolbar}
      </div>
      {rows.data === undefined ? (
        <Absent what={what} rows={rows} />
      ) : rows.data.rows.length === 0 ? (
        <Empty {...props} />
      ) : (
        <Rows {...props} shown={rows.data.rows} />
      )}
      {count.data !== undefined && count.data.total > 0 && (
        <Pagination
          label={what}
          page={pageOf(address)}
          pageSize={count.data.page_size}
          total={count.data.total}
          onPageChange={(page) => address.change({ page: page === 1 ? null : String(page) })}
        />
      )}
    </Card>
  );
}

function Absent({ what, rows }: { what: string; rows: Asked<unknown> }) {
  if (rows.isPending) return <TableSkeleton rows={12} label={`Loading the ${what}…`} />;
  return <QueryError title={`The ${what} could not be loaded`} error={rows.error} onRetry={() => void rows.refetch()} />;
}

function Rows<Row extends { id: string }>({ what, columns, rows, shown }: RecordListProps<Row> & { shown: Row[] }) {
  return (
    <div aria-busy={rows.isPlaceholderData} className={classNames(rows.isPlaceholderData && "opacity-60 transition-opacity")}>
      <Table label={what}>
        <TableHead>
          {columns.map(({ header, numeric = false, className }) => (
            <HeaderCell key={header} numeric={numeric} className={className}>
              {header}
            </HeaderCell>
          ))}
        </TableHead>
        <TableBody>
          {shown.map((row) => (
            <TableRow key={row.id}>
              {columns.map(({ header, numeric = false, className, cell }) => (
                <Cell key={header} numeric={numeric} className={className}>
                  {cell(row)}
                </Cell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function Empty<Row extends { id: string }>({ what, icon, address, filters }: RecordListProps<Row>) {
  const narrowed = [...filters, "page"].filter((name) => address.get(name) !== null);
  if (narrowed.length === 0) {
    return <EmptyState icon={icon} title={`No ${what} yet`} description="They come with a scan, or with an import." />;
  }
  const clear = () => address.change(Object.fromEntries(narrowed.map((name) => [name, null])));
  return (
    <EmptyState
      icon={SearchX}
      title={`No ${what} match`}
      description="Nothing here fits the search and the filters."
      action={<Button onClick={clear}>Show all</Button>}
    />
  );
}
