import type { ObjectCounts, Plan, RowCounts } from "@/backup";
import { formatCount } from "@/components/format";

import { outcomes, outcomeWords } from "../plan/outcomes";
import { tableLabel } from "../words/table-words";

interface Said {
  plan: Plan;
  objects: ObjectCounts;
}

/** In which numbers what was done differs from what the preview said, in words; empty where it said the same. */
export function differencesOf(preview: Said, done: Said): string[] {
  const tables = new Set([...Object.keys(preview.plan.tables), ...Object.keys(done.plan.tables)]);
  return [
    ...[...tables].flatMap((table) => rowDifferences(table, preview.plan.tables[table], done.plan.tables[table])),
    ...numbers("Files written", preview.plan.objects.write, done.plan.objects.write),
    ...numbers("Files written over", preview.plan.objects.replace, done.plan.objects.replace),
  ];
}

function rowDifferences(table: string, said: RowCounts | undefined, did: RowCounts | undefined): string[] {
  return outcomes.flatMap((outcome) =>
    numbers(`${tableLabel(table)}, ${outcomeWords[outcome].label.toLowerCase()}`, said?.[outcome] ?? 0, did?.[outcome] ?? 0),
  );
}

function numbers(what: string, said: number, did: number): string[] {
  return said === did ? [] : [`${what}: ${formatCount(did)} instead of ${formatCount(said)}`];
}
