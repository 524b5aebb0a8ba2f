import { z } from "zod";

import { startImport } from "../../backup-panel/start-import";
import { environment } from "../../env";
import { importRequestSchema } from "../../http/backup/schemas";
import { findImportHolder } from "../../runs";
import { adminProcedure, router } from "../procedures";

const holderSchema = z.object({ run_id: z.string(), started_by: z.string().nullable(), started_at: z.iso.datetime() });

const conditionsSchema = z.object({
  /** Bytes of a bundle that this installation takes. */
  upload_limit: z.int(),
  /** The import that is running, which another has to wait for. */
  running: holderSchema.nullable(),
});

export const importsRouter = router({
  conditions: adminProcedure
    .input(z.strictObject({}))
    .output(conditionsSchema)
    .query(async () => ({
      upload_limit: environment().maxUploadBytes,
      running: (await findImportHolder()) ?? null,
    })),

  /** Goes on whoever leaves; the run tells how. */
  start: adminProcedure
    .input(importRequestSchema)
    .output(z.object({ run_id: z.uuid() }))
    .mutation(async ({ ctx, input }) => ({ run_id: await startImport(ctx.principal, input, ctx.log) })),
});
