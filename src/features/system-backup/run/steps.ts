import type { RunProgress } from "@/server/runs";

import type { Step } from "./table-progress";

/** The files' own line among the tables. */
export const filesStep = "file_contents";

/** Where each table stands, in the order in which they are done. */
export function stepsOf(
  progress: RunProgress | null,
  tables: readonly { name: string; total: number | null }[],
  objects: number | null,
): Step[] {
  const reached = positionOf(progress, tables);
  const all = [...tables, ...(objects === null ? [] : [{ name: filesStep, total: objects }])];
  return all.map(({ name, total }, index) => {
    if (index < reached) return { name, total, done: total ?? 0, state: "done" };
    if (index > reached) return { name, total, done: 0, state: "waiting" };
    return { name, total, done: progress?.done ?? 0, state: "running" };
  });
}

/** The index of the line that is under way; -1 before the first, past the last one at the end. */
function positionOf(progress: RunProgress | null, tables: readonly { name: string }[]): number {
  switch (progress?.phase) {
    case "tables":
      return tables.findIndex(({ name }) => name === progress.table);
    case "objects":
      return tables.length;
    case "finishing":
      return tables.length + 1;
    case "receiving":
    case "reading":
    case "planning":
    case undefined:
      return -1;
  }
}
