import { z } from "zod";

import { bundleTables, warningSchema } from "@/backup";
import type { backup_runs } from "@/generated/prisma/client";

import { prisma } from "../db";
import { RequestError, type ImportHolder } from "../errors";
import { activeRuns } from "./active-runs";
import { exportResultSchema, importResultSchema, runSchema, type RunRecord } from "./run-schema";

const starterSelection = { select: { id: true, email: true, display_name: true } } as const;
const newestFirst = [{ started_at: "desc" }, { id: "desc" }] as const;

type Row = backup_runs & { starter: RunRecord["started_by"] };

/**
 * @param before id of a run: only those that started before it
 * @throws RequestError `run_not_found` where there is no such run
 */
export async function listRuns(page: { limit: number; before?: string | undefined }): Promise<RunRecord[]> {
  if (page.before !== undefined) await getRun(page.before);
  const rows = await prisma().backup_runs.findMany({
    include: { starter: starterSelection },
    orderBy: [...newestFirst],
    take: page.limit,
    ...(page.before === undefined ? {} : { cursor: { id: page.before }, skip: 1 }),
  });
  return rows.map(recordOf);
}

/** @throws RequestError `run_not_found` */
export async function getRun(id: string): Promise<RunRecord> {
  const row = z.guid().safeParse(id).success
    ? await prisma().backup_runs.findUnique({ where: { id }, include: { starter: starterSelection } })
    : null;
  if (row === null) throw new RequestError("run_not_found", "There is no run with this id.");
  return recordOf(row);
}

/** The import that keeps others from running; undefined where it has just ended. */
export async function findImportHolder(exceptRunId?: string): Promise<ImportHolder | undefined> {
  const running = await prisma().backup_runs.findMany({
    where: { kind: "import", state: "running", ...(exceptRunId === undefined ? {} : { id: { not: exceptRunId } }) },
    include: { starter: starterSelection },
    orderBy: { started_at: "asc" },
  });
  // One that still receives its upload holds nobody up. Of other processes' runs that is not known.
  const holder = running.find(({ id }) => activeRuns().get(id)?.progress.phase !== "receiving");
  if (holder === undefined) return undefined;
  return {
    run_id: holder.id,
    started_by: holder.starter?.email ?? null,
    started_at: holder.started_at.toISOString(),
  };
}

function recordOf(row: Row): RunRecord {
  return runSchema.parse({
    id: row.id,
    kind: row.kind,
    state: row.state,
    started_by: row.starter,
    started_at: row.started_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    options: row.options,
    counts: inTableOrder(countsOf(row)),
    warnings: z.array(warningSchema).parse(row.warnings),
    bytes: Number(row.bytes),
    bundle_sha256: row.bundle_sha256,
    error_code: row.error_code,
    progress: activeRuns().get(row.id)?.progress ?? null,
  });
}

/** jsonb keeps names of tables in an order of its own; people look for them in that of every other place. */
function inTableOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const position = (name: string) => bundleTables.indexOf(name);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => position(a) - position(b))
      .map(([name, member]) => [name, inTableOrder(member)]),
  );
}

/** Null until the run has succeeded: the column then holds an empty object. */
function countsOf(row: Row): unknown {
  const schema = row.kind === "export" ? exportResultSchema : importResultSchema;
  return schema.safeParse(row.counts).data ?? null;
}
