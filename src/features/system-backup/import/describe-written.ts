import type { Plan } from "@/backup";
import { formatBytes, formatCount, formatQuantity } from "@/components/format";

import { sumOutcomes } from "../plan/outcomes";

/** What an import with this plan writes, in a sentence. */
export function describeWritten(plan: Plan): string {
  const { insert, update } = sumOutcomes(plan.tables);
  const { write, replace, bytes } = plan.objects;
  if (insert + update + write + replace === 0) return "Nothing would be written.";
  const files = write + replace === 0 ? "no file" : `${formatQuantity(write + replace, "file")} (${formatBytes(bytes)})`;
  return `${formatQuantity(insert, "row")} would be inserted, ${formatCount(update)} updated, ${files} written.`;
}
