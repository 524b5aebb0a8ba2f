import { setTimeout as delay } from "node:timers/promises";

import { RequestError } from "../errors";
import { watchRun, type RunRecord } from "../runs";
import { isExportToCome } from "./prepared-exports";

/** How often it is looked whether a prepared export has begun: a person hardly notices. */
const beginMilliseconds = 200;

/**
 * The same as watchRun, and for an export that was prepared, from before it begins.
 *
 * @throws RequestError `run_not_found`; why a prepared export did not begin
 */
export async function* watchAnyRun(id: string, signal: AbortSignal): AsyncGenerator<RunRecord> {
  for (;;) {
    try {
      return yield* watchRun(id, signal);
    } catch (error) {
      if (!isMissing(error) || signal.aborted || !isExportToCome(id)) throw error;
    }
    await delay(beginMilliseconds, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof RequestError && error.code === "run_not_found";
}
