import { activeRuns } from "./active-runs";

/** Ends one run of this process. @returns whether there was one to end */
export function stopRun(id: string): boolean {
  const run = activeRuns().get(id);
  run?.stop("run_stopped");
  return run !== undefined;
}

/** Docker kills ten seconds after its SIGTERM. What is left unsettled then, the next start settles. */
const patienceMilliseconds = 6_000;

/** Ends every run of this process and waits until their records say so. */
export async function stopRuns(): Promise<void> {
  const runs = [...activeRuns().values()];
  for (const run of runs) run.stop("shutting_down");
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds);
  });
  await Promise.race([Promise.all(runs.map(({ ended }) => ended)), patience]);
  clearTimeout(timer);
}
