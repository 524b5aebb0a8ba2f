import { z } from "zod";

import { readOverview } from "../../inventory";
import { listRuns, runSchema } from "../../runs";
import { adminProcedure, router, signedInProcedure } from "../procedures";

/** The last few: the history has the rest. */
const lastRuns = 5;

const count = z.int();

const holdsSchema = z.object({
  organizations: count,
  scopes: count,
  scans: count,
  assets: z.record(z.string(), count),
  vulnerabilities: z.record(z.string(), count),
  files: z.object({ count, bytes: z.string() }),
});

export const overviewRouter = router({
  holds: signedInProcedure.input(z.strictObject({})).output(holdsSchema).query(readOverview),

  /** Newest first. */
  lastRuns: adminProcedure
    .input(z.strictObject({}))
    .output(z.object({ runs: z.array(runSchema) }))
    .query(async () => ({ runs: await listRuns({ limit: lastRuns }) })),
});
