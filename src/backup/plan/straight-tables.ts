import type { PoolClient } from "pg";
import { DatabaseError } from "pg";
import { z } from "zod";

import type { ConflictMode } from "../conflict";
import type { Warning } from "../report";
import type { Substitution } from "../rows/line-form";
import { identifier } from "../rows/sql";
import { exportedTables, type TableDefinition } from "../tables";
import { createNoChanges } from "./changes";
import { createKnownRows } from "./identity";
import { lostWarning, referenceColumns } from "./references";
import type { StagedTables } from "./resolved-rows";
import { InvalidRowsError, type RowErrors } from "./row-errors";
import { copyRows, type RowSource } from "./stage-rows";
import { StagedTable } from "./staged-table";

/**
 * An import into an installation that holds nothing has nothing to decide: rows go straight
 * into their tables, whose own constraints check what the plan would. Where that shows any
 * fault or doubt, everything is undone and the bundle is planned like any other, which says
 * what is wrong with it, and where.
 */

/** The rows cannot go straight in; planned like others, they may well be sound. */
class NotStraight extends Error {}

const emptiness = z.tuple([z.object({ empty: z.boolean() })]);

/** Whether no exported table holds a row. */
export async function holdsNothing(client: PoolClient): Promise<boolean> {
  const tests = exportedTables.map(({ name }) => `NOT EXISTS (SELECT FROM ${identifier(name)})`);
  const { rows } = await client.query(`SELECT ${tests.join(" AND ")} AS empty`);
  return emptiness.parse(rows)[0].empty;
}

/**
 * Runs work whose rows go straight into their tables, inside a savepoint. Null: it is undone,
 * and has to be done by a plan.
 */
export async function attemptStraight<Result>(client: PoolClient, work: () => Promise<Result>): Promise<Result | null> {
  await client.query("SAVEPOINT straight");
  try {
    const result = await work();
    await client.query("RELEASE SAVEPOINT straight");
    return result;
  } catch (error) {
    if (!isDoubt(error)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT straight");
    return null;
  }
}

/** Integrity constraints are SQLSTATE class 23; values that cannot be held end as invalid rows. */
function isDoubt(error: unknown): boolean {
  if (error instanceof NotStraight || error instanceof InvalidRowsError) return true;
  return error instanceof DatabaseError && error.code?.startsWith("23") === true;
}

/** Files are planned in any case, since their objects are; so is what refers to them. */
export function goesStraight({ importRule, columns, name }: TableDefinition): boolean {
  return importRule !== "skip" && name !== "files" && Object.values(columns).every(({ references }) => references !== "files");
}

const userRows = z.array(z.object({ id: z.string() }));

/** Copies a table's rows into the table itself, with users and references as they become here. */
export async function writeStraight(
  source: RowSource,
  table: TableDefinition,
  tables: StagedTables,
  importingUserId: string,
  errors: RowErrors,
  onRows: (rows: number) => void,
): Promise<{ staged: StagedTable; warnings: Warning[] }> {
  const staged = new StagedTable(table);
  staged.isWritten = true;
  const substitutions = new Map<string, Substitution>();
  for (const [name, column] of Object.entries(table.columns)) {
    if (column.user === "importer") substitutions.set(name, { by: "one id", id: importingUserId });
    if (column.user === "known_user") substitutions.set(name, { by: "itself where known", known: await findUsers(source.client) });
    // Nothing of that table is in the bundle, and nothing is here.
    if (column.nullable && tables.get(column.references ?? "")?.rows === 0) substitutions.set(name, { by: "none" });
  }
  const form = { only: null, leaveOut: null, indexed: false, substitutions };
  const warnings = await copyRows(source, staged, form, () => Promise.resolve(), errors, onRows);
  return { staged, warnings };
}

async function findUsers(client: PoolClient): Promise<Set<string>> {
  const { rows } = await client.query("SELECT id FROM users");
  return new Set(userRows.parse(rows).map(({ id }) => id));
}

/**
 * What planning a table whose rows are written comes to: all of them are new.
 *
 * @throws NotStraight where a reference crosses organizations, which no constraint checks
 */
export async function concludeStraight(
  client: PoolClient,
  staged: StagedTable,
  tables: StagedTables,
  modes: readonly ConflictMode[],
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const { name, parent } of referenceColumns(staged, tables)) {
    if (staged.hasOrganization && parent.hasOrganization) await refuseCrossing(client, staged, name, parent);
    const lost = staged.substitutedByNone.get(name) ?? 0;
    if (lost > 0) warnings.push(lostWarning(staged, name, parent, lost));
  }
  await createKnownRows(client, staged);
  await createNoChanges(client, staged, modes);
  return warnings;
}

const crossings = z.tuple([z.object({ crossing: z.number() })]);

async function refuseCrossing(client: PoolClient, staged: StagedTable, column: string, parent: StagedTable): Promise<void> {
  // Counted, since for one row only PostgreSQL would look up one parent after the other, in the belief that it finds it soon.
  const { rows } = await client.query(
    `SELECT count(*)::integer AS crossing FROM ${staged.stage} s JOIN ${parent.stage} p ON p.id = ${identifier("s", column)}
     WHERE p.organization_id <> s.organization_id`,
  );
  if (crossings.parse(rows)[0].crossing > 0) throw new NotStraight();
}
