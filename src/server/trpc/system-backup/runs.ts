import { tracked } from "@trpc/server";
import { z } from "zod";

import { watchAnyRun } from "../../backup-panel/watch";
import { runsQuerySchema, runsResponseSchema } from "../../http/backup/schemas";
import { getRun, listRuns, runSchema, stopRun } from "../../runs";
import { eventsOf } from "../events";
import { adminProcedure, router } from "../procedures";

const runId = z.strictObject({ id: z.guid() });

/** tRPC adds the last event's id where a browser comes back: what is sent then is the run as it stands. */
const watchSchema = runId.extend({ lastEventId: z.string().nullish() });

export const runsRouter = router({
  list: adminProcedure
    .input(runsQuerySchema)
    .output(runsResponseSchema)
    .query(async ({ input }) => {
      const runs = await listRuns(input);
      return { runs, next: runs.length === input.limit ? (runs.at(-1)?.id ?? null) : null };
    }),

  get: adminProcedure.input(runId).output(runSchema).query(({ input }) => getRun(input.id)),

  /** The run, and again with every change, until it has ended. */
  watch: adminProcedure
    .input(watchSchema)
    .output(eventsOf(runSchema))
    .subscription(async function* ({ ctx, input, signal }) {
      let events = 0;
      for await (const run of watchAnyRun(input.id, signal ?? new AbortController().signal)) {
        await ctx.stillAdmin();
        events += 1;
        yield tracked(`${run.id}:${events}`, run);
      }
    }),

  /** Ends an export or import of this process. False where there is none any more. */
  stop: adminProcedure
    .input(runId)
    .output(z.object({ stopped: z.boolean() }))
    .mutation(({ input }) => ({ stopped: stopRun(input.id) })),
});
