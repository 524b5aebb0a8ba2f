import type { RowCounts } from "@/backup";
import { formatCount, formatQuantity } from "@/components/format";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";

import { tableLabel } from "../words/table-words";
import { OutcomeBar } from "./outcome-bar";
import { OutcomeLegend } from "./outcome-legend";
import { outcomeFill, outcomes, outcomeWords, rowsOf, sumOutcomes } from "./outcomes";

export interface PlanTableProps {
  label: string;
  tables: Readonly<Record<string, RowCounts>>;
  /** Opens the rows of a table; unset where there are none to look at. */
  onLookInside?: (table: string) => void;
}

/** What happens, or happened, to the rows of each table: the same picture before an import and after it. */
export function PlanTable({ label, tables, onLookInside }: PlanTableProps) {
  const entries = Object.entries(tables);
  return (
    <>
      <div className="border-b border-line px-4 py-3">
        <OutcomeLegend total={sumOutcomes(tables)} />
      </div>
      <Table label={label}>
        <TableHead>
          <HeaderCell>Table</HeaderCell>
          <HeaderCell className="w-full min-w-40">What happens</HeaderCell>
          {outcomes.map((outcome) => (
            <HeaderCell key={outcome} numeric className="hidden lg:table-cell">
              {outcomeWords[outcome].label}
            </HeaderCell>
          ))}
          <HeaderCell numeric className="hidden lg:table-cell">
            Other id
          </HeaderCell>
          {onLookInside !== undefined && (
            <HeaderCell className="hidden md:table-cell">
              <span className="sr-only">Rows</span>
            </HeaderCell>
          )}
        </TableHead>
        <TableBody>
          {entries.map(([table, counts]) => (
            <TableRow key={table}>
              <th scope="row" className="px-4 py-2.5 align-middle font-medium whitespace-nowrap">
                {tableLabel(table)}
                <span className="tabular block text-xs font-normal text-soft">{formatQuantity(rowsOf(counts), "row")}</span>
                {onLookInside !== undefined && (
                  <span className="mt-1.5 block md:hidden">
                    <LookInside table={table} counts={counts} onLookInside={onLookInside} />
                  </span>
                )}
              </th>
              <Cell>
                <OutcomeBar counts={counts} />
                <Figures counts={counts} />
              </Cell>
              {[...outcomes, "remapped" as const].map((outcome) => (
                <Cell
                  key={outcome}
                  numeric
                  className={classNames(
                    "hidden lg:table-cell",
                    counts[outcome] === 0 && "text-soft",
                    outcome === "conflict" && counts[outcome] > 0 && "font-semibold text-danger",
                  )}
                >
                  {formatCount(counts[outcome])}
                </Cell>
              ))}
              {onLookInside !== undefined && (
                <Cell className="hidden md:table-cell">
                  <LookInside table={table} counts={counts} onLookInside={onLookInside} />
                </Cell>
              )}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </>
  );
}

/** The numbers in words, where there is no room for columns. */
function Figures({ counts }: { counts: RowCounts }) {
  return (
    <ul className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-xs lg:hidden">
      {outcomes
        .filter((outcome) => counts[outcome] > 0)
        .map((outcome) => (
          <li key={outcome} className="tabular flex items-center gap-1 whitespace-nowrap">
            <span aria-hidden className={classNames("size-2 rounded-sm", outcomeFill[outcome])} />
            {formatCount(counts[outcome])} {outcomeWords[outcome].label.toLowerCase()}
          </li>
        ))}
      {counts.remapped > 0 && <li className="tabular whitespace-nowrap">{formatCount(counts.remapped)} under another id</li>}
    </ul>
  );
}

function LookInside({ table, counts, onLookInside }: { table: string; counts: RowCounts; onLookInside: (table: string) => void }) {
  const { insert, update, remapped, conflict } = counts;
  if (insert + update + remapped + conflict === 0) return null;
  return (
    <Button size="small" aria-label={`Look inside ${tableLabel(table)}`} onClick={() => onLookInside(table)}>
      Look inside
    </Button>
  );
}
