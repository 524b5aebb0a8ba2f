import type { PoolClient } from "pg";
import { z } from "zod";

import type { ObjectCounts, Warning } from "../report";
import { identifier } from "../rows/sql";
import { rowsOf } from "./rows-of";
import type { StagedTable } from "./staged-table";

/** What becomes of a table's user references, and of memberships. */
export async function peopleWarnings(client: PoolClient, staged: StagedTable): Promise<Warning[]> {
  const { name: table, rows } = staged;
  if (rows === 0) return [];
  if (!staged.isImported) {
    const message = `${rowsOf(rows, table)} skipped: who belongs where depends on users, which are not imported.`;
    return [{ code: "memberships_skipped", message, table, count: rows }];
  }
  const warnings: Warning[] = [];
  const unknown = staged.isWritten ? staged.substitutedByNone : await countUnknownUsers(client, staged);
  for (const column of staged.columns) {
    const user = staged.definition.columns[column]?.user;
    if (user === "importer") {
      const message = `New rows of ${table} get the importing admin as ${column}.`;
      warnings.push({ code: "user_reassigned", message, table, column, count: rows });
    }
    if (user === "known_user") {
      const count = unknown.get(column) ?? 0;
      const message = `${rowsOf(count, table)} with a user in ${column} who is none here: nobody is named.`;
      if (count > 0) warnings.push({ code: "user_unknown", message, table, column, count });
    }
  }
  return warnings;
}

const counts = z.tuple([z.record(z.string(), z.string().transform(Number))]);

/** Of all columns at once: each look at the rows takes a while. */
async function countUnknownUsers(client: PoolClient, staged: StagedTable): Promise<ReadonlyMap<string, number>> {
  const columns = staged.columns.filter((name) => staged.definition.columns[name]?.user === "known_user");
  if (columns.length === 0) return new Map();
  const joins = columns.map((name) => `LEFT JOIN users ${userOf(name)} ON ${userOf(name)}.id = ${identifier("s", name)}`);
  const counted = columns.map(
    (name) => `count(*) FILTER (WHERE ${identifier("s", name)} IS NOT NULL AND ${userOf(name)}.id IS NULL) AS ${identifier(name)}`,
  );
  const { rows } = await client.query(`SELECT ${counted.join(", ")} FROM ${staged.stage} s ${joins.join(" ")}`);
  return new Map(Object.entries(counts.parse(rows)[0]));
}

function userOf(column: string): string {
  return identifier(`user ${column}`);
}

export function objectWarnings(objects: ObjectCounts): Warning[] {
  const warnings: Warning[] = [];
  if (objects.missing > 0) {
    const message = `The bundle does not hold the objects of ${objects.missing} files; their rows are imported without.`;
    warnings.push({ code: "object_missing", message, table: "files", count: objects.missing });
  }
  if (objects.different > 0) {
    const message = `Under the keys of ${objects.different} files other objects are stored here; only merge writes over those whose very row it updates.`;
    warnings.push({ code: "object_differs", message, table: "files", count: objects.different });
  }
  return warnings;
}

const conflictRows = z.array(z.object({ conflict: z.string(), count: z.string().transform(Number) }));

/** Why rows of a table are left alone, counted by reason. */
export async function conflictWarnings(
  client: PoolClient,
  staged: StagedTable,
  reasons: Readonly<Record<string, string>>,
): Promise<Warning[]> {
  if (staged.identity.conflicts === 0) return [];
  const { rows } = await client.query(
    `SELECT conflict, count(*) FROM ${staged.knownRows} WHERE conflict IS NOT NULL GROUP BY conflict ORDER BY conflict`,
  );
  return conflictRows.parse(rows).map(({ conflict, count }) => ({
    code: `conflict_${conflict}`,
    message: `${rowsOf(count, staged.name)} left alone: ${reasons[conflict] ?? conflict}.`,
    table: staged.name,
    count,
  }));
}
