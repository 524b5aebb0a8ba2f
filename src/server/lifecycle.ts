import { logger } from "./logger";
import { stopRuns, sweepRuns } from "./runs";
import { sweepStaging } from "./staging";

/** Runs of other processes that died, and previews that expired, are cleared away within a minute. */
const sweepIntervalMilliseconds = 60_000;

let timer: NodeJS.Timeout | undefined;
let sweeping: Promise<void> | undefined;

/** Once the database is migrated and before the first request: clears away what an earlier process left behind. */
export async function startServer(): Promise<void> {
  await sweep();
  timer = setInterval(() => void sweep(), sweepIntervalMilliseconds);
  timer.unref();
}

/** Before the database is closed: ends what is running and waits for it. */
export async function stopServer(): Promise<void> {
  clearInterval(timer);
  await stopRuns();
  await sweeping;
}

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
