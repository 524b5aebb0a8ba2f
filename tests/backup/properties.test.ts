import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { conflictModes } from "@/backup";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, sha256, type Rows } from "../support/backup/bundle-file";
import { importChecked } from "../support/backup/checked-import";
import { insertRows } from "../support/backup/insert-rows";
import { foreignRows, installed, world, type World } from "../support/backup/worlds";

let target: Installation;
beforeAll(async () => {
  target = await createInstallation();
});
afterAll(() => target.drop());

/** Enough to find what the tests by hand do not name, little enough for every run. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 15);

/**
 * Two worlds meet: the same ids, the same keys, both, exchanged, in other organizations. What
 * holds for every import is in importChecked; here are the decisions, made once more and by
 * other means.
 */
test("any bundle into any installation does what its preview says, and touches nothing of others", async () => {
  await fc.assert(
    fc.asyncProperty(world, world, fc.shuffledSubarray([...conflictModes], { minLength: 1 }), async (mine, theirs, modes) => {
      await target.clear();
      await insertRows(target, installed(mine));
      await insertRows(target, foreignRows());
      await putObjects(mine);
      const bundle = await makeBundle(target.folder, theirs.rows, theirs.objects);
      for (const [index, mode] of modes.entries()) {
        const { outcome, before, after } = await importChecked(target, bundle, mode);
        if (index === 0) {
          const decided = decide(mine.rows, theirs.rows);
          for (const table of ["organizations", "assets"] as const) {
            const { insert, conflict, remapped } = outcome.plan.tables[table] ?? {};
            expect({ insert, conflict, remapped }, table).toEqual(decided[table]);
          }
        }
        for (const [table, rows] of Object.entries(foreignRows())) {
          for (const { id } of rows) {
            expect(after.rows.get(table)?.get(String(id)), table).toEqual(before.rows.get(table)?.get(String(id)));
          }
        }
      }
    }),
    { numRuns: runs, endOnFailure: false },
  );
}, 600_000);

async function putObjects({ rows, objects }: World): Promise<void> {
  for (const { id, object_key: key } of rows["files"] ?? []) {
    const content = objects[String(id)];
    if (content === undefined) continue;
    await target.objects.put(String(key), content, { size: content.length, sha256: sha256(content), contentType: "text/plain", when: "always" });
  }
}

interface Decided {
  insert: number;
  conflict: number;
  remapped: number;
}

type Row = Rows[string][number];
type Verdict = { kind: "insert" | "known" | "remapped" | "conflict"; target: unknown };

/** The design's rules of identity, row by row. */
function decide(mine: Rows, theirs: Rows): { organizations: Decided; assets: Decided } {
  const organizations = verdicts(mine["organizations"] ?? [], theirs["organizations"] ?? [], (row) => String(row["slug"]));
  const organizationOf = (row: Row) => organizations.get(row["organization_id"])?.target;
  const moved = (theirs["assets"] ?? []).map((row) => ({ ...row, organization_id: organizationOf(row) }));
  const assets = verdicts(
    [...(mine["assets"] ?? []), ...(foreignRows()["assets"] ?? [])],
    moved,
    (row) => `${String(row["organization_id"])} ${String(row["normalized_value"])}`,
  );
  return { organizations: counted(organizations), assets: counted(assets) };
}

function verdicts(mine: readonly Row[], theirs: readonly Row[], keyOf: (row: Row) => string): Map<unknown, Verdict> {
  const conflict = (target: unknown = null): Verdict => ({ kind: "conflict", target });
  const verdict = (row: Row): Verdict => {
    const { id } = row;
    const same = mine.find((candidate) => candidate["id"] === id);
    const holder = mine.find((candidate) => keyOf(candidate) === keyOf(row));
    if (row["organization_id"] === null) return conflict();
    if (same !== undefined) {
      if (same["organization_id"] !== row["organization_id"]) return conflict();
      if (holder !== undefined && holder !== same) return conflict(id);
      const claimed = theirs.some((other) => other["id"] !== id && keyOf(other) === keyOf(same));
      return claimed ? conflict(id) : { kind: "known", target: id };
    }
    if (holder === undefined) return { kind: "insert", target: id };
    const inBundle = theirs.some((other) => other["id"] === holder["id"]);
    return inBundle ? conflict() : { kind: "remapped", target: holder["id"] };
  };
  return new Map(theirs.map((row) => [row["id"], verdict(row)]));
}

function counted(all: Map<unknown, Verdict>): Decided {
  const count = (kind: Verdict["kind"]) => [...all.values()].filter((verdict) => verdict.kind === kind).length;
  return { insert: count("insert"), conflict: count("conflict"), remapped: count("remapped") };
}
