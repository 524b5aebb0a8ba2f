import { applyImport, BackupError, type ImportContext, type ImportOutcome, type ImportRequest } from "@/backup";

import { reauthenticateAdmin, type Principal } from "../../auth";
import { pool } from "../../db";
import { RequestError } from "../../errors";
import { objectStore } from "../../object-store";
import { findImportHolder, settleInterruptedImports, withWorkSlot, type Run, type RunOptions } from "../../runs";
import type { StagedBundle } from "../../staging";
import { givingWay } from "../give-way";
import { describeBundle } from "./describe-bundle";
import { openStaged } from "./open-staged";
import type { importFieldsSchema, ImportResponse } from "./schemas";

export type ImportFields = ReturnType<typeof importFieldsSchema.parse>;

/** Imports a bundle that is on this installation's disk, as part of a run. @throws what openBundle and applyImport throw */
export async function importStaged(
  run: Run,
  principal: Principal,
  staged: StagedBundle,
  fields: ImportFields,
  options: RunOptions,
): Promise<ImportResponse> {
  await run.note({ options, bytes: staged.size, bundleSha256: staged.sha256 });
  return withWorkSlot(run.signal, async () => {
    const startedAt = performance.now();
    run.report({ phase: "reading", table: null, done: 0, bytes: 0 });
    const bundle = await openStaged(staged, run.signal);
    try {
      // Sending the bundle took its time: whoever was demoted or whose key was revoked meanwhile writes nothing.
      await reauthenticateAdmin(principal);
      const outcome = await namingTheHolder(run, async () => {
        await settleInterruptedImports(run.id);
        return applyImport(bundle, requestOf(run, staged, fields, options), contextOf(run, principal));
      });
      const duration_ms = Math.round(performance.now() - startedAt);
      return { run_id: run.id, bundle: describeBundle(staged, bundle.manifest), ...outcome, duration_ms };
    } finally {
      await bundle.close();
    }
  });
}

function requestOf(run: Run, staged: StagedBundle, fields: ImportFields, options: RunOptions): ImportRequest {
  return {
    mode: fields.conflict_mode,
    expectedPlan: fields.expected_plan,
    runId: run.id,
    beforeCommit: (client, outcome) =>
      run.succeed(client, {
        options,
        counts: countsOf(outcome),
        warnings: outcome.warnings,
        bytes: staged.size,
        bundleSha256: staged.sha256,
      }),
  };
}

function contextOf(run: Run, { userId }: Principal): ImportContext {
  return {
    pool: pool(),
    objects: objectStore(),
    importingUserId: userId,
    signal: run.signal,
    giveWay: givingWay(),
    onProgress: (progress) => run.report(progress),
  };
}

function countsOf({ counts, objects, plan }: ImportOutcome) {
  return { bundle: counts, objects, plan };
}

/** Whoever is refused because another import runs is told whose. */
async function namingTheHolder<Result>(run: Run, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BackupError) || error.code !== "import_running") throw error;
    const holder = await findImportHolder(run.id);
    throw new RequestError("import_running", error.message, holder === undefined ? {} : { holder }, { cause: error });
  }
}
