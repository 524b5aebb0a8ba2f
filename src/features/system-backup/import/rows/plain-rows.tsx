import type { RowSample } from "@/backup";
import { formatCount } from "@/components/format";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";

import { tableLabel } from "../../words/table-words";
import type { RowKind } from "./row-kind";
import { Value } from "./value";

/** Rows with all their values: those that are new, known under another id, or in conflict. */
export function PlainRows({ kind, table, rows }: { kind: Exclude<RowKind, "update">; table: string; rows: readonly RowSample[] }) {
  const columns = Object.keys(rows[0]?.values ?? {}).filter((column) => column !== "id");
  return (
    <Table label={`Rows of ${tableLabel(table)}`} className="rounded-md border border-line">
      <TableHead>
        <HeaderCell numeric>Row</HeaderCell>
        {kind === "conflict" && <HeaderCell>Why it is left alone</HeaderCell>}
        <HeaderCell>Id in the bundle</HeaderCell>
        {kind !== "insert" && <HeaderCell>Id here</HeaderCell>}
        {columns.map((column) => (
          <HeaderCell key={column} className="font-mono">
            {column}
          </HeaderCell>
        ))}
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.row} className="align-top">
            <Cell numeric className="text-soft">
              {formatCount(row.row)}
            </Cell>
            {kind === "conflict" && <Cell className="min-w-56 text-danger">{row.reason}</Cell>}
            <Cell className="font-mono text-xs whitespace-nowrap">{row.id}</Cell>
            {kind !== "insert" && (
              <Cell className="font-mono text-xs whitespace-nowrap">
                <Value text={row.target_id} />
              </Cell>
            )}
            {columns.map((column) => (
              <Cell key={column} className="max-w-72 min-w-24 text-xs break-words">
                <Value text={row.values[column] ?? null} />
              </Cell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
