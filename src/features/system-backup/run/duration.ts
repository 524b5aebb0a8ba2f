import { formatDuration } from "@/components/format";

import type { Run } from "./use-run";

/** A duration that is still going on, or only guessed: tenths of a second would say too much. */
export function formatSeconds(seconds: number): string {
  return seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000);
}

export function durationOf({ started_at, finished_at }: Pick<Run, "started_at" | "finished_at">): string | null {
  return finished_at === null ? null : formatDuration(Date.parse(finished_at) - Date.parse(started_at));
}
