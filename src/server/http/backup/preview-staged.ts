import { InvalidRowsError, previewImport, type ImportAnalysis } from "@/backup";
import { BundleError, type Manifest } from "@/bundle";

import type { Principal } from "../../auth";
import { pool } from "../../db";
import { objectStore } from "../../object-store";
import { describeProblem, type Problem } from "../../problems";
import { withWorkSlot } from "../../runs";
import { keepForImport, NewContents, type StagedBundle } from "../../staging";
import { givingWay } from "../give-way";
import { describeBundle } from "./describe-bundle";
import { openStaged } from "./open-staged";
import type { PreviewResponse } from "./schemas";

/** What a preview answers; why the bundle is refused, or null. */
export interface Previewed {
  answer: PreviewResponse;
  problem: Omit<Problem, "errors" | "error_count" | "error_count_is_least"> | null;
}

/**
 * Says what importing a bundle on this installation's disk would do, and keeps it for an
 * import, with what was said and the rows to look at. Again where that was done before.
 *
 * @throws RequestError `busy`, `no_room`; BackupError, StorageError; the signal's reason
 */
export function previewStaged(staged: StagedBundle, principal: Principal, signal: AbortSignal): Promise<Previewed> {
  return withWorkSlot(signal, async () => {
    const contents = new NewContents(staged.id);
    try {
      return await preview(staged, contents, principal, signal);
    } finally {
      await contents.discard();
    }
  });
}

async function preview(
  staged: StagedBundle,
  contents: NewContents,
  { userId }: Principal,
  signal: AbortSignal,
): Promise<Previewed> {
  let manifest: Manifest | undefined;
  try {
    const bundle = await openStaged(staged, signal);
    try {
      ({ manifest } = bundle);
      const analysis = await previewImport(bundle, {
        pool: pool(),
        objects: objectStore(),
        importingUserId: userId,
        signal,
        giveWay: givingWay(),
        onSamples: (samples) => contents.addSamples(samples),
      });
      return { answer: await keepValid(staged, contents, manifest, analysis, userId), problem: null };
    } finally {
      await bundle.close();
    }
  } catch (error) {
    if (!isInvalidBundle(error)) throw error;
    return describeInvalid(staged, manifest, error);
  }
}

function isInvalidBundle(error: unknown): error is BundleError | InvalidRowsError {
  if (error instanceof InvalidRowsError) return true;
  return error instanceof BundleError && describeProblem(error).status === 422;
}

async function keepValid(
  staged: StagedBundle,
  contents: NewContents,
  manifest: Manifest,
  analysis: ImportAnalysis,
  userId: string,
): Promise<PreviewResponse> {
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
    error_count_is_least: false,
  };
  await contents.keep(answer);
  return answer;
}

function describeInvalid(
  staged: StagedBundle,
  manifest: Manifest | undefined,
  error: BundleError | InvalidRowsError,
): Previewed {
  const { errors = [], error_count = 0, error_count_is_least = false, ...problem } = describeProblem(error);
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
    error_count_is_least,
  };
  return { answer, problem };
}
