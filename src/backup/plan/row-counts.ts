import type { ConflictMode } from "../conflict";
import type { RowCounts } from "../report";
import { updatedColumns } from "./changes";
import type { StagedTable } from "./staged-table";

/** What a mode does with a table's rows, out of the counts of the very tables that an import goes by. */
export function countRows(staged: StagedTable, mode: ConflictMode): RowCounts {
  if (!staged.isImported) return { insert: 0, update: 0, unchanged: 0, skip: staged.rows, conflict: 0, remapped: 0 };
  const { count: update } = staged.updates(mode);
  const { known, conflicts, remapped } = staged.identity;
  const existing = known - conflicts;
  const compared = updatedColumns(staged, mode).length > 0;
  return {
    insert: staged.rows - known,
    update,
    unchanged: compared ? existing - update : 0,
    skip: compared ? 0 : existing,
    conflict: conflicts,
    remapped,
  };
}
