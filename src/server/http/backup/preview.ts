import { authenticateAdmin } from "../../auth";
import { withUploadSlot } from "../../runs";
import { requestFormat } from "../content-type";
import { endpoint, type Call } from "../endpoint";
import { previewStaged } from "./preview-staged";
import { receiveUpload, requireAcceptableUpload } from "./receive-upload";
import { previewFieldsSchema } from "./schemas";

export const previewRoutes = endpoint({ POST: handlePreview });

async function handlePreview(call: Call): Promise<Response> {
  const { request } = call;
  const principal = await authenticateAdmin(request);
  requestFormat(request.headers, ["multipart"]);
  requireAcceptableUpload(call);
  const { bundle } = await withUploadSlot(request.signal, () => receiveUpload(call, previewFieldsSchema));
  try {
    const { answer, problem } = await previewStaged(bundle, principal, request.signal);
    if (problem === null) return Response.json(answer, { headers: { "cache-control": "no-store" } });
    // The shape of a valid bundle's answer and a problem's at once.
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store" };
    return Response.json({ ...problem, ...answer }, { status: problem.status, headers });
  } finally {
    await bundle.release();
  }
}
