import { InvalidRowsError, previewImport, type ImportAnalysis } from "@/backup";
import { BundleError, type Manifest } from "@/bundle";

import { authenticateAdmin, type Principal } from "../../auth";
import { pool } from "../../db";
import { objectStore } from "../../object-store";
import { describeProblem } from "../../problems";
import { withUploadSlot, withWorkSlot } from "../../runs";
import { keepForImport, type StagedBundle } from "../../staging";
import { requestFormat } from "../content-type";
import { endpoint, type Call } from "../endpoint";
import { describeBundle } from "./describe-bundle";
import { openStaged } from "./open-staged";
import { receiveUpload, requireAcceptableUpload } from "./receive-upload";
import { previewFieldsSchema, type PreviewResponse } from "./schemas";

export const previewRoutes = endpoint({ POST: handlePreview });

async function handlePreview(call: Call): Promise<Response> {
  const { request } = call;
  const principal = await authenticateAdmin(request);
  requestFormat(request.headers, ["multipart"]);
  requireAcceptableUpload(call);
  const { bundle } = await withUploadSlot(request.signal, () => receiveUpload(call, previewFieldsSchema));
  try {
    return await withWorkSlot(request.signal, () => preview(bundle, principal, request.signal));
  } finally {
    await bundle.release();
  }
}

async function preview(staged: StagedBundle, principal: Principal, signal: AbortSignal): Promise<Response> {
  let manifest: Manifest | undefined;
  try {
    const bundle = await openStaged(staged, signal);
    try {
      ({ manifest } = bundle);
      const context = { pool: pool(), objects: objectStore(), importingUserId: principal.userId, signal };
      const analysis = await previewImport(bundle, context);
      return await answerValid(staged, manifest, analysis, principal.userId);
    } finally {
      await bundle.close();
    }
  } catch (error) {
    if (!isInvalidBundle(error)) throw error;
    return answerInvalid(staged, manifest, error);
  }
}

function isInvalidBundle(error: unknown): error is BundleError | InvalidRowsError {
  if (error instanceof InvalidRowsError) return true;
  return error instanceof BundleError && describeProblem(error).status === 422;
}

async function answerValid(
  staged: StagedBundle,
  manifest: Manifest,
  analysis: ImportAnalysis,
  userId: string,
): Promise<Response> {
  const kept = await keepForImport(staged, userId);
  const answer: PreviewResponse = {
    valid: true,
    preview_id: kept.id,
    expires_at: kept.expires_at,
    bundle: describeBundle(staged, manifest),
    ...analysis,
    settings: manifest.settings,
    errors: [],
    error_count: 0,
  };
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

/** The shape of a valid bundle's answer and a problem's at once. */
function answerInvalid(
  staged: StagedBundle,
  manifest: Manifest | undefined,
  error: BundleError | InvalidRowsError,
): Response {
  const { errors = [], error_count = 0, ...problem } = describeProblem(error);
  const answer: PreviewResponse = {
    valid: false,
    preview_id: null,
    expires_at: null,
    bundle: describeBundle(staged, manifest),
    counts: null,
    plan: null,
    objects: null,
    settings: manifest?.settings ?? null,
    warnings: [],
    errors: [...errors],
    error_count,
  };
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store" };
  return Response.json({ ...problem, ...answer }, { status: problem.status, headers });
}
