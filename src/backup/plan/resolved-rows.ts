import { escapeLiteral } from "pg";

import { identifier } from "../rows/sql";
import type { Column } from "../tables";
import type { StagedTable } from "./staged-table";

/** Every staged table by name. Tables that a table refers to are resolved before it. */
export type StagedTables = ReadonlyMap<string, StagedTable>;

/** The name under which resolvedRows says that a reference was there and leads nowhere now. */
export function lostFlag(column: string): string {
  return identifier(`lost ${column}`);
}

/** Whether an optional reference of this column can become null on import. */
export function canBeLost(staged: StagedTable, column: string): boolean {
  const isUser = staged.definition.columns[column]?.user === "known_user";
  return isUser || staged.lossyColumns.has(column) || staged.cutColumns.has(column);
}

/**
 * A subquery for the bundle's rows as they would stand here: references follow their rows
 * to the ids they have here, users become whom the rules say, and what leads nowhere is
 * null, with a flag beside it. Only the joins that this bundle needs are in it.
 */
export function resolvedRows(staged: StagedTable, tables: StagedTables, importingUserId: string): string {
  const columns: string[] = ["s.row_index"];
  const joins: string[] = [];
  for (const name of staged.columns) {
    const column = staged.definition.columns[name];
    if (column === undefined) throw new Error(`${staged.name} has no column ${name}`);
    const resolved = resolveColumn(staged, name, column, tables, importingUserId);
    columns.push(`${resolved.value} AS ${identifier(name)}`);
    joins.push(...resolved.joins);
    if (canBeLost(staged, name)) {
      columns.push(`(${identifier("s", name)} IS NOT NULL AND ${resolved.value} IS NULL) AS ${lostFlag(name)}`);
    }
  }
  return `(SELECT ${columns.join(", ")} FROM ${staged.stage} s ${joins.join(" ")})`;
}

function resolveColumn(
  staged: StagedTable,
  name: string,
  column: Column,
  tables: StagedTables,
  importingUserId: string,
): { value: string; joins: string[] } {
  const own = identifier("s", name);
  if (column.user === "importer") return { value: `${escapeLiteral(importingUserId)}::uuid`, joins: [] };
  if (column.user === "known_user") {
    const user = identifier(`user ${name}`);
    return { value: `${user}.id`, joins: [`LEFT JOIN users ${user} ON ${user}.id = ${own}`] };
  }
  const parent = column.references === null ? undefined : tables.get(column.references);
  if (parent === undefined) return { value: own, joins: [] };

  const cases: string[] = [];
  const joins: string[] = [];
  if (parent.moved > 0) {
    const moved = identifier(`moved ${name}`);
    cases.push(`WHEN ${moved}.from_id IS NOT NULL THEN ${moved}.to_id`);
    joins.push(`LEFT JOIN ${parent.movedRows} ${moved} ON ${moved}.from_id = ${own}`);
  }
  if (staged.lossyColumns.has(name)) {
    const lost = identifier(`lost ${name}`);
    cases.push(`WHEN ${lost}.id IS NOT NULL THEN NULL`);
    joins.push(
      `LEFT JOIN ${staged.lost(name)} ${lost} ON ${lost}.id = ${own} AND ${lost}.organization_id = s.organization_id`,
    );
  }
  return { value: cases.length === 0 ? own : `CASE ${cases.join(" ")} ELSE ${own} END`, joins };
}
