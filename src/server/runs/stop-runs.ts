import { RequestError } from "../errors";
import { activeRuns } from "./active-runs";

/** Long enough to roll back and to take back an object or two; what is left the next start settles. */
const patienceMilliseconds = 15_000;

/** Ends every run of this process and waits until their records say so. */
export async function stopRuns(): Promise<void> {
  const runs = [...activeRuns().values()];
  const reason = new RequestError("shutting_down", "The application is stopping. Nothing was changed; try again.");
  for (const { stop } of runs) stop.abort(reason);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds);
  });
  await Promise.race([Promise.all(runs.map(({ ended }) => ended)), patience]);
  clearTimeout(timer);
}
