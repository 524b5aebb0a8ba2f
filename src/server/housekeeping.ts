import { logger } from "./logger";
import { stopRuns, sweepRuns } from "./runs";
import { sweepStaging } from "./staging";

/** Runs of other processes that died, and previews that expired, are cleared away within a minute. */
const sweepIntervalMilliseconds = 60_000;

let timer: NodeJS.Timeout | undefined;
let sweeping: Promise<void> | undefined;

/** Clears away what earlier processes left behind, at the start and from then on; ends what runs at the stop. */
export const housekeeping = {
  name: "housekeeping",

  async start(): Promise<void> {
    await sweep();
    timer = setInterval(() => void sweep(), sweepIntervalMilliseconds);
    timer.unref();
  },

  async stop(): Promise<void> {
    clearInterval(timer);
    await stopRuns();
    await sweeping;
  },
};

/** Never throws: with storage away the application still starts and says so; the next sweep tries again. */
function sweep(): Promise<void> {
  sweeping ??= Promise.all([attempt("runs", sweepRuns), attempt("staging", sweepStaging)]).then(() => {
    sweeping = undefined;
  });
  return sweeping;
}

async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger().warn({ err: error }, `sweeping ${what} failed`);
  }
}
