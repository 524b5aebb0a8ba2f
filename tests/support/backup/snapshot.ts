import { createHash } from "node:crypto";

import { Prisma } from "@/generated/prisma/browser";

import type { Installation } from "../backup";

/** One row as PostgreSQL writes it, and the transaction that wrote it. */
interface StoredRow {
  text: string;
  /** xmin: another one means that the row was written again. */
  version: string;
}

/** All that an installation holds, but for the record of runs. */
export interface Snapshot {
  /** By table and then by primary key. */
  rows: Map<string, Map<string, StoredRow>>;
  /** SHA-256 of every object by key. */
  objects: Map<string, string>;
}

const keyColumns: Readonly<Record<string, string>> = { settings: "key", backup_run_objects: "object_key" };

/** One query for all tables: a test takes many snapshots. */
const everyRow = Object.values(Prisma.ModelName)
  .filter((name) => name !== "backup_runs")
  .map((name) => `SELECT '${name}' AS name, "${keyColumns[name] ?? "id"}"::text AS key, row_to_json(odd)::text AS text, xmin::text AS version FROM "${name}" odd`)
  .join(" UNION ALL ");

export async function takeSnapshot({ pool, objects }: Pick<Installation, "pool" | "objects">): Promise<Snapshot> {
  const snapshot: Snapshot = { rows: new Map(), objects: new Map() };
  const { rows } = await pool.query<StoredRow & { name: string; key: string }>(`${everyRow} ORDER BY name, key`);
  for (const name of Object.values(Prisma.ModelName)) snapshot.rows.set(name, new Map());
  for (const { name, key, text, version } of rows) snapshot.rows.get(name)?.set(key, { text, version });
  for await (const { key } of objects.list("")) {
    const hash = createHash("sha256");
    for await (const chunk of (await objects.get(key)).body) hash.update(chunk as Buffer);
    snapshot.objects.set(key, hash.digest("hex"));
  }
  return snapshot;
}

/** Keys by what happened to them between two snapshots. */
export interface Effect {
  inserted: string[];
  /** Other values. */
  updated: string[];
  /** Written again, whether or not with other values. */
  rewritten: string[];
  deleted: string[];
}

export function effectOnRows(before: Snapshot, after: Snapshot, table: string): Effect {
  const old = before.rows.get(table) ?? new Map<string, StoredRow>();
  const now = after.rows.get(table) ?? new Map<string, StoredRow>();
  const kept = [...old].flatMap(([key, was]) => {
    const is = now.get(key);
    return is === undefined ? [] : [{ key, was, is }];
  });
  return {
    inserted: [...now.keys()].filter((key) => !old.has(key)),
    updated: kept.filter(({ was, is }) => was.text !== is.text).map(({ key }) => key),
    rewritten: kept.filter(({ was, is }) => was.version !== is.version).map(({ key }) => key),
    deleted: [...old.keys()].filter((key) => !now.has(key)),
  };
}

/** The columns of a row by name, as JSON text, so that no digit is lost. */
export function valuesOf(snapshot: Snapshot, table: string, key: string): Record<string, unknown> {
  const row = snapshot.rows.get(table)?.get(key);
  if (row === undefined) throw new Error(`${table} has no row ${key}`);
  return JSON.parse(row.text) as Record<string, unknown>;
}
