import type { RowSample } from "@/backup";
import { formatCount } from "@/components/format";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";

import { tableLabel } from "../../words/table-words";
import { columnsOf } from "./columns-of";
import type { RowKind } from "./row-kind";
import { Value } from "./value";

/** Rows with all their values: those that are new, known under another id, or in conflict. */
export function PlainRows({ kind, table, rows }: { kind: Exclude<RowKind, "update">; table: string; rows: readonly RowSample[] }) {
  const { telling, others } = columnsOf(rows[0]?.values ?? {});
  return (
    <div className="rounded-md border border-line">
      <Table label={`Rows of ${tableLabel(table)}`}>
        <TableHead>
          <HeaderCell numeric>Row</HeaderCell>
          {kind === "conflict" && <HeaderCell>Why it is left alone</HeaderCell>}
          <ColumnHeaders columns={telling} />
          <HeaderCell>Id in the bundle</HeaderCell>
          {kind !== "insert" && <HeaderCell>Id here</HeaderCell>}
          <ColumnHeaders columns={others} />
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.row}>
              <Cell numeric className="text-soft">
                {formatCount(row.row)}
              </Cell>
              {kind === "conflict" && <Cell className="min-w-56 text-danger">{row.reason}</Cell>}
              <Values row={row} columns={telling} />
              <Cell className="font-mono text-xs whitespace-nowrap">{row.id}</Cell>
              {kind !== "insert" && (
                <Cell className="font-mono text-xs whitespace-nowrap">
                  <Value text={row.target_id} />
                </Cell>
              )}
              <Values row={row} columns={others} />
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function ColumnHeaders({ columns }: { columns: readonly string[] }) {
  return columns.map((column) => (
    <HeaderCell key={column} className="font-mono">
      {column}
    </HeaderCell>
  ));
}

function Values({ row, columns }: { row: RowSample; columns: readonly string[] }) {
  return columns.map((column) => (
    <Cell key={column} className="max-w-80 text-xs break-words">
      <Value text={row.values[column] ?? null} />
    </Cell>
  ));
}
