import { setTimeout as delay } from "node:timers/promises";

import { activeRuns } from "./active-runs";
import { getRun } from "./read-runs";
import type { RunRecord } from "./run-schema";

/** Four times a second: as smooth as a person can follow figures. */
const progressMilliseconds = 250;

/** For a run of another process, of which only the database knows: asking costs a query. */
const foreignMilliseconds = 2_000;

/**
 * A run as it stands, again whenever its progress has changed, and a last time when it has
 * ended. Ends then, or with the signal.
 *
 * @throws RequestError `run_not_found`
 */
export async function* watchRun(id: string, signal: AbortSignal): AsyncGenerator<RunRecord> {
  let record = await getRun(id);
  yield record;
  while (record.state === "running" && !signal.aborted) {
    const active = activeRuns().get(id);
    // A run that is this process's no more has ended between two looks, or is another process's.
    await pause(active === undefined ? foreignMilliseconds : progressMilliseconds, active?.ended, signal);
    const { progress = null } = activeRuns().get(id) ?? {};
    if (progress !== null && record.progress === progress) continue;
    record = progress === null ? await getRun(id) : { ...record, progress };
    if (progress !== null || record.state !== "running") yield record;
  }
}

/** Waits so long, or until the run ends or nobody listens any more. */
async function pause(milliseconds: number, ended: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const waits = [
    delay(milliseconds, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => undefined),
    ...(ended === undefined ? [] : [ended]),
  ];
  await Promise.race(waits);
  over.abort();
}
