import { z } from "zod";

import { rowErrorSchema } from "../report";
import type { RowBatch } from "./encode-batch";
import type { LineForm } from "./line-form";

/** What a thread that works on rows is told: by this very program, so that types hold it. */
export type RowRequest =
  | { kind: "imported table"; name: string; requiredColumns: readonly string[]; form: LineForm }
  | ({ kind: "rows" } & RowBatch)
  | { kind: "exported table"; name: string }
  | { kind: "lines"; bytes: Uint8Array<ArrayBuffer>; spare: readonly Uint8Array<ArrayBuffer>[] };

/** What it answers to each batch of rows or lines; a table is not answered. */

const bytes = z.instanceof<typeof Uint8Array<ArrayBuffer>>(Uint8Array);

/** To rows that are imported. */
export const encodedBatchSchema = z.object({
  rows: z.number(),
  lines: z.array(bytes),
  errors: z.array(rowErrorSchema),
  errorCount: z.number(),
  columns: z.array(z.string()).nullable(),
  unknownColumns: z.array(z.string()),
  substitutedByNone: z.map(z.string(), z.number()),
  ascent: z.object({ from: z.string(), to: z.string() }).nullable(),
});

/** To lines that are exported. */
export const writtenBatchSchema = z.object({
  rows: z.number(),
  json: z.array(bytes),
  lines: bytes,
  removed: z.map(z.string(), z.number()),
});
