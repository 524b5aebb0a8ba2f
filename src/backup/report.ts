import { z } from "zod";

import { conflictModeSchema } from "./conflict";

/** What is said of an export, a preview and an import, in the same terms everywhere. */

const count = z.int().nonnegative();

export const warningSchema = z.object({
  code: z.string(),
  message: z.string(),
  table: z.string().optional(),
  column: z.string().optional(),
  count: count.optional(),
});
export type Warning = z.infer<typeof warningSchema>;

export const rowErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** Entry of the archive. */
  entry: z.string().optional(),
  table: z.string().optional(),
  /** Index of the row in its table's array, from 0. */
  row: count.optional(),
  column: z.string().optional(),
});
export type RowError = z.infer<typeof rowErrorSchema>;

/**
 * What happens to the rows of one table. Every row is counted once among insert, update,
 * unchanged, skip and conflict; `remapped` says how many of those (conflicts aside) are
 * known here under another id.
 */
export const rowCountsSchema = z.object({
  insert: count,
  update: count,
  unchanged: count,
  skip: count,
  conflict: count,
  remapped: count,
});
export type RowCounts = z.infer<typeof rowCountsSchema>;

export const planSchema = z.object({
  /** SHA-256 over every decision of this plan, lower-case hex. */
  digest: z.string(),
  tables: z.record(z.string(), rowCountsSchema),
  /** Objects this plan writes, and those it writes over. */
  objects: z.object({ write: count, replace: count, bytes: count }),
});
export type Plan = z.infer<typeof planSchema>;

/** How the objects that files rows speak of stand to object storage here. */
export const objectCountsSchema = z.object({
  /** In the bundle, not here. */
  new: count,
  /** In the bundle and here, with equal bytes. */
  same: count,
  /** In the bundle and here, with other bytes. */
  different: count,
  /** Not in the bundle. */
  missing: count,
});
export type ObjectCounts = z.infer<typeof objectCountsSchema>;

export const bundleCountsSchema = z.object({
  organizations: count,
  assets: count,
  vulnerabilities: count,
  files: count,
  tables: z.record(z.string(), count),
});
export type BundleCounts = z.infer<typeof bundleCountsSchema>;

export const importAnalysisSchema = z.object({
  counts: bundleCountsSchema,
  objects: objectCountsSchema,
  plan: z.record(conflictModeSchema, planSchema),
  warnings: z.array(warningSchema),
});
/** What importing a bundle here would do, in each mode. */
export type ImportAnalysis = z.infer<typeof importAnalysisSchema>;

export const importOutcomeSchema = z.object({
  conflict_mode: conflictModeSchema,
  counts: bundleCountsSchema,
  objects: objectCountsSchema,
  plan: planSchema,
  warnings: z.array(warningSchema),
});
export type ImportOutcome = z.infer<typeof importOutcomeSchema>;

const value = z.string().nullable();

/** One row of a bundle as a person looks at it: values are text as PostgreSQL writes it, long ones cut. */
export const rowSampleSchema = z.object({
  table: z.string(),
  kind: z.enum(["insert", "update", "remapped", "conflict"]),
  /** Of an update; null for what does not depend on the mode. */
  mode: conflictModeSchema.nullable(),
  /** Index in the table's array, from 0. */
  row: count,
  /** In the bundle. */
  id: z.string(),
  /** Of the row here. */
  target_id: value,
  /** Why a conflict is one. */
  reason: value,
  /** Of a row that is no update. */
  values: z.record(z.string(), value),
  /** Of an update, the columns that change. */
  changes: z.array(z.object({ column: z.string(), here: value, imported: value })),
});
export type RowSample = z.infer<typeof rowSampleSchema>;

export interface Progress {
  phase: "reading" | "planning" | "tables" | "objects" | "finishing";
  /** The table at hand. */
  table: string | null;
  /** Rows of that table or, in phase objects, objects. */
  done: number;
  /** Of the bundle so far. */
  bytes: number;
}
