import { createHash } from "node:crypto";

import type { PoolClient } from "pg";
import { z } from "zod";

import type { ConflictMode } from "../conflict";
import type { Plan, Warning } from "../report";
import { identifier } from "../rows/sql";
import type { StagedTable } from "./staged-table";

const hashes = z.tuple([z.object({ known: z.string(), changes: z.string() })]);

/** One number for every decision about a table's rows in a mode; rows that are new follow from the bundle. */
export async function decisionHash(client: PoolClient, staged: StagedTable, mode: ConflictMode): Promise<string> {
  const { rows } = await client.query(
    `SELECT (SELECT coalesce(sum(hashtextextended(concat_ws('|', row_index, target_id, conflict), 0)::numeric), 0)
             FROM ${staged.knownRows}) AS known,
            (SELECT coalesce(sum(hashtextextended(concat_ws('|', row_index, target_id), 0)::numeric), 0)
             FROM ${staged.changes} WHERE ${identifier(mode)}) AS changes`,
  );
  const [{ known, changes }] = hashes.parse(rows);
  return `${staged.name}:${known}:${changes}`;
}

/**
 * SHA-256 that changes whenever the bundle, the mode, or any decision about any row or object
 * does. What becomes of references and users is in the warnings, which count it.
 */
export function planDigest(
  contentSha256: string,
  mode: ConflictMode,
  decisions: readonly string[],
  plan: Omit<Plan, "digest">,
  warnings: readonly Warning[],
): string {
  return createHash("sha256").update(JSON.stringify([contentSha256, mode, decisions, plan, warnings])).digest("hex");
}
