import { authenticateAdmin, type Principal } from "../../auth";
import { withImportSlot, withRun, withUploadSlot, type Run, type RunOptions } from "../../runs";
import { holdPreview } from "../../staging";
import { requestFormat } from "../content-type";
import { endpoint, type Call } from "../endpoint";
import { readJson } from "../json-body";
import { importStaged } from "./import-staged";
import { receiveUpload, requireAcceptableUpload } from "./receive-upload";
import { importFieldsSchema, importRequestSchema, type ImportResponse } from "./schemas";

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
  const { signal } = request;
  const answer = await withImportSlot(signal, () => withRun({ kind: "import", userId, options, signal, log }, work));
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}
