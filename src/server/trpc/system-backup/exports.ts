import { z } from "zod";

import { estimateExport, exportEstimateSchema } from "@/backup";
import { defaultLimits } from "@/bundle";

import { prepareExport } from "../../backup-panel/prepared-exports";
import { pool } from "../../db";
import { exportOptionsSchema } from "../../runs";
import { adminProcedure, router } from "../procedures";

const estimateSchema = exportEstimateSchema.extend({
  /** Bytes that an installation takes, and the proxy before it, unless somebody raised them. */
  usual_upload_limit: z.int(),
});

export const exportsRouter = router({
  /** What an export would hold now. */
  estimate: adminProcedure
    .input(z.strictObject({}))
    .output(estimateSchema)
    .query(async () => ({ ...(await estimateExport(pool())), usual_upload_limit: defaultLimits.upload })),

  /** The id that the run will have; the browser then downloads /api/v1/admin/backup/export/{run_id}, once. */
  prepare: adminProcedure
    .input(exportOptionsSchema.strict())
    .output(z.object({ run_id: z.uuid() }))
    .mutation(({ ctx, input }) => ({ run_id: prepareExport(ctx.principal.userId, input) })),
});
