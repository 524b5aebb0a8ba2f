import { activeRuns } from "./active-runs";

/** Docker kills ten seconds after its SIGTERM. What is left unsettled then, the next start settles. */
const patienceMilliseconds = 6_000;

/** Ends every run of this process and waits until their records say so. */
export async function stopRuns(): Promise<void> {
  const runs = [...activeRuns().values()];
  for (const run of runs) run.stop();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds);
  });
  await Promise.race([Promise.all(runs.map(({ ended }) => ended)), patience]);
  clearTimeout(timer);
}
