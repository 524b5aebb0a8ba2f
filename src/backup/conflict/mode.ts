import { z } from "zod";

import type { ColumnRole } from "../tables";

export const conflictModes = ["skip_existing", "merge", "overwrite_metadata_only"] as const;

export const conflictModeSchema = z.enum(conflictModes);

export type ConflictMode = z.infer<typeof conflictModeSchema>;

/** What a conflict mode does with rows that are already here. */
export interface ConflictRule {
  /** The columns that take the imported values; none: existing rows are skipped. */
  readonly updatedRoles: readonly ColumnRole[];
  /** Whether an object is written over where its very row is updated. */
  readonly replacesObjects: boolean;
}
