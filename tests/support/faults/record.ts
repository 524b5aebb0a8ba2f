import { appendFileSync } from "node:fs";

import { recordFile } from "./size";

export interface Attempt {
  /** The part of the table, such as "kill -9". */
  area: string;
  /** The row of the table. */
  fault: string;
  /** What happened, in a few words; attempts that ended alike are counted together. */
  outcome: string;
  /** From the moment the fault was over until everything was as promised. */
  seconds?: number | undefined;
}

/** Notes how one attempt ended, for the table in docs/reliability.md. */
export function record(attempt: Attempt): void {
  if (recordFile !== undefined) appendFileSync(recordFile, `${JSON.stringify(attempt)}\n`);
}

/** Does an attempt and notes how it ended, a failed one as such. */
export async function recorded(
  { area, fault }: Pick<Attempt, "area" | "fault">,
  attempt: () => Promise<Pick<Attempt, "outcome" | "seconds">>,
): Promise<void> {
  try {
    record({ area, fault, ...(await attempt()) });
  } catch (error) {
    record({ area, fault, outcome: "PROMISE BROKEN" });
    throw error;
  }
}
