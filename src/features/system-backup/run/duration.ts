import { formatDuration } from "@/components/format";

import type { Run } from "./use-run";

export function durationOf({ started_at, finished_at }: Pick<Run, "started_at" | "finished_at">): string | null {
  return finished_at === null ? null : formatDuration(Date.parse(finished_at) - Date.parse(started_at));
}
