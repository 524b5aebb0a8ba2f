import { readableSettings, type ConflictMode, type RowSample } from "@/backup";

import type { Principal } from "../auth";
import { pool } from "../db";
import { RequestError } from "../errors";
import { previewStaged } from "../http/backup/preview-staged";
import { previewResponseSchema, type PreviewResponse } from "../http/backup/schemas";
import { holdPreview, readAnswer, readSamples, type StagedBundle } from "../staging";

type Settings = Awaited<ReturnType<typeof readableSettings>>["settings"];

/** @throws RequestError `preview_not_found` */
export async function findPreview(id: string): Promise<{ preview: PreviewResponse; settings_here: Settings }> {
  const preview = await holding(id, () => answerOf(id));
  const client = await pool().connect();
  try {
    return { preview, settings_here: (await readableSettings(client)).settings };
  } finally {
    client.release();
  }
}

/**
 * @param page.page from 1
 * @throws RequestError `preview_not_found`
 */
export async function readPreviewRows(
  id: string,
  { table, kind, mode }: { table: string; kind: RowSample["kind"]; mode: ConflictMode },
  page: { page: number; size: number },
): Promise<{ rows: RowSample[]; page_size: number; kept: number; total: number }> {
  return holding(id, async () => {
    const samples = await readSamples(id, { table, kind, mode: kind === "update" ? mode : null });
    const { plan } = await answerOf(id);
    return {
      rows: samples.slice((page.page - 1) * page.size, page.page * page.size),
      page_size: page.size,
      kept: samples.length,
      total: plan?.[mode].tables[table]?.[kind] ?? 0,
    };
  });
}

/** The same bundle against this installation as it is now. @throws RequestError `preview_not_found`; what previewStaged throws */
export function refreshPreview(id: string, principal: Principal, signal: AbortSignal): Promise<PreviewResponse> {
  return holding(id, async (staged) => (await previewStaged(staged, principal, signal)).answer);
}

async function answerOf(id: string): Promise<PreviewResponse> {
  const answer = previewResponseSchema.safeParse(await readAnswer(id));
  if (answer.success) return answer.data;
  throw new RequestError("preview_not_found", "This preview is not finished, or was made by another release. Upload the bundle again.");
}

/** Nobody clears the preview away meanwhile. */
async function holding<Result>(id: string, work: (staged: StagedBundle) => Promise<Result>): Promise<Result> {
  const staged = await holdPreview(id);
  try {
    return await work(staged);
  } finally {
    await staged.release();
  }
}
