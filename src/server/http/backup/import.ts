import { applyImport, BackupError, type ImportContext, type ImportOutcome, type ImportRequest } from "@/backup";

import { authenticateAdmin, reauthenticateAdmin, type Principal } from "../../auth";
import { pool } from "../../db";
import { RequestError } from "../../errors";
import { objectStore } from "../../object-store";
import {
  findImportHolder,
  settleInterruptedImports,
  withRun,
  withUploadSlot,
  withWorkSlot,
  type Run,
  type RunOptions,
} from "../../runs";
import { holdPreview, type StagedBundle } from "../../staging";
import { requestFormat } from "../content-type";
import { endpoint, type Call } from "../endpoint";
import { readJson } from "../json-body";
import { describeBundle } from "./describe-bundle";
import { openStaged } from "./open-staged";
import { receiveUpload, requireAcceptableUpload } from "./receive-upload";
import { importFieldsSchema, importRequestSchema, type ImportResponse } from "./schemas";

type ImportFields = ReturnType<typeof importFieldsSchema.parse>;

export const importRoutes = endpoint({ POST: handleImport });

async function handleImport(call: Call): Promise<Response> {
  const principal = await authenticateAdmin(call.request);
  const format = requestFormat(call.request.headers, ["multipart", "json"]);
  return format === "json" ? importPreviewed(call, principal) : importUploaded(call, principal);
}

async function importPreviewed(call: Call, principal: Principal): Promise<Response> {
  const { preview_id, ...fields } = await readJson(call.body, importRequestSchema);
  const staged = await holdPreview(preview_id);
  try {
    const options = { conflict_mode: fields.conflict_mode, preview_id };
    return await asRun(call, principal, options, (run) => importStaged(run, principal, staged, fields, options));
  } finally {
    await staged.release();
  }
}

async function importUploaded(call: Call, principal: Principal): Promise<Response> {
  requireAcceptableUpload(call);
  return asRun(call, principal, {}, async (run) => {
    const { bundle, fields } = await withUploadSlot(run.signal, () => receiveUpload(call, importFieldsSchema));
    try {
      const options = { conflict_mode: fields.conflict_mode };
      await run.note({ options, bytes: bundle.size, bundleSha256: bundle.sha256 });
      return await importStaged(run, principal, bundle, fields, options);
    } finally {
      await bundle.release();
    }
  });
}

async function asRun(
  { request, log }: Call,
  { userId }: Principal,
  options: RunOptions,
  work: (run: Run) => Promise<ImportResponse>,
): Promise<Response> {
  const answer = await withRun({ kind: "import", userId, options, signal: request.signal, log }, work);
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

async function importStaged(
  run: Run,
  principal: Principal,
  staged: StagedBundle,
  fields: ImportFields,
  options: RunOptions,
): Promise<ImportResponse> {
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
