import { createHash } from "node:crypto";

import type { ConflictMode } from "../conflict";
import type { Plan, Warning } from "../report";
import type { StagedTable } from "./staged-table";

/** Stands for every decision about a table's rows in a mode; rows that are new, and that are themselves, follow from the bundle. */
export function decisionHash(staged: StagedTable, mode: ConflictMode): string {
  const known = staged.areThemselves ? "themselves" : staged.identity.hash;
  return `${staged.name}:${known}:${staged.updates(mode).hash}`;
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
