import { z } from "zod";

import { conflictModeSchema, exportedTables, rowSampleSchema } from "@/backup";

import { findPreview, readPreviewRows, refreshPreview } from "../../backup-panel/previews";
import { previewResponseSchema } from "../../http/backup/schemas";
import { adminProcedure, router } from "../procedures";

const previewId = z.strictObject({ id: z.uuid() });

/** Rows of a page: a screen or two. */
const pageSize = 20;

const rowsQuerySchema = previewId.extend({
  table: z.enum(exportedTables.map(({ name }) => name)),
  kind: rowSampleSchema.shape.kind,
  mode: conflictModeSchema,
  /** From 1. */
  page: z.int().min(1).default(1),
});

export const previewsRouter = router({
  /** What a preview said, for as long as its bundle is kept. */
  get: adminProcedure
    .input(previewId)
    .output(
      z.object({
        preview: previewResponseSchema,
        /** Of this installation, beside those in the bundle; secret ones are in neither. */
        settings_here: z.record(z.string(), z.json()),
      }),
    )
    .query(({ input }) => findPreview(input.id)),

  /** A page of the rows of one kind, out of the first that were kept; `total` is how many there are. */
  rows: adminProcedure
    .input(rowsQuerySchema)
    .output(
      z.object({ rows: z.array(rowSampleSchema), page_size: z.int(), kept: z.int(), total: z.int() }),
    )
    .query(({ input: { id, page, ...selection } }) => readPreviewRows(id, selection, { page, size: pageSize })),

  /** Compares the same bundle with this installation as it is now. */
  refresh: adminProcedure
    .input(previewId)
    .output(previewResponseSchema)
    .mutation(({ ctx, input }) => refreshPreview(input.id, ctx.principal, ctx.request.signal)),
});
