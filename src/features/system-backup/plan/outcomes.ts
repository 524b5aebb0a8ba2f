import type { RowCounts } from "@/backup";
import type { Tone } from "@/components/ui/tone";

export type Outcome = Exclude<keyof RowCounts, "remapped">;

/** What can happen to a row: each row of a table is one of these. In the order of the bar. */
export const outcomes: readonly Outcome[] = ["insert", "update", "unchanged", "skip", "conflict"];

export const outcomeWords: Readonly<Record<Outcome, { label: string; meaning: string; tone: Tone }>> = {
  insert: { label: "New", meaning: "inserted", tone: "success" },
  update: { label: "Updated", meaning: "is here, takes the imported values", tone: "info" },
  unchanged: { label: "Unchanged", meaning: "is here, already the same", tone: "neutral" },
  skip: { label: "Skipped", meaning: "left as it is", tone: "neutral" },
  conflict: { label: "Conflict", meaning: "left alone, because it is two things here", tone: "danger" },
};

/** Colours of a bar's parts; skipped rows are hatched, so that they differ from unchanged ones without colour. */
export const outcomeFill: Readonly<Record<Outcome, string>> = {
  insert: "bg-success-solid",
  update: "bg-info-solid",
  unchanged: "bg-neutral-solid",
  skip: "bg-[repeating-linear-gradient(135deg,var(--neutral-solid)_0_2px,transparent_2px_5px)]",
  conflict: "bg-danger-solid",
};

export function sumOutcomes(tables: Readonly<Record<string, RowCounts>>): RowCounts {
  const total: RowCounts = { insert: 0, update: 0, unchanged: 0, skip: 0, conflict: 0, remapped: 0 };
  for (const counts of Object.values(tables)) {
    for (const outcome of outcomes) total[outcome] += counts[outcome];
    total.remapped += counts.remapped;
  }
  return total;
}

export function rowsOf(counts: RowCounts): number {
  return outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
}
