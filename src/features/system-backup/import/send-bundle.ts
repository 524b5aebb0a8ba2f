import type { PreviewResponse } from "@/server/http/backup/schemas";
import type { ServerErrorCode } from "@/server/errors";

import { isProblemCode } from "../words/problem-words";

/** How an upload ends, other than by being cancelled. */
export type UploadEnd =
  | { end: "previewed"; previewId: string }
  | { end: "invalid"; preview: PreviewResponse; code: ServerErrorCode }
  | { end: "refused"; code: ServerErrorCode; requestId: string | undefined }
  /** No answer: the connection broke, or something in between answered in the server's place. */
  | { end: "lost" };

export interface Sending {
  ended: Promise<UploadEnd>;
  cancel(): void;
}

/** A network that is gone closes nothing; past this no upload is worth waiting for, and the server has given it up. */
const stallMilliseconds = 60_000;

/**
 * Uploads the file for a preview, as a form from disk. XMLHttpRequest, because fetch tells nobody how far an upload is.
 *
 * @param onProgress bytes of the file sent so far
 * @param onSent everything was sent, and the server works
 */
export function sendBundle(file: File, onProgress: (sent: number) => void, onSent: () => void): Sending {
  const request = new XMLHttpRequest();
  const ended = new Promise<UploadEnd>((resolve) => {
    let stalled: number | undefined;
    const giveUpLater = () => {
      window.clearTimeout(stalled);
      stalled = window.setTimeout(() => {
        request.abort();
        resolve({ end: "lost" });
      }, stallMilliseconds);
    };
    request.upload.onprogress = ({ loaded }) => {
      giveUpLater();
      onProgress(Math.min(loaded, file.size));
    };
    request.upload.onload = () => {
      window.clearTimeout(stalled);
      onSent();
    };
    request.onload = () => resolve(readAnswer(request));
    request.onerror = () => resolve({ end: "lost" });
    request.onloadend = () => window.clearTimeout(stalled);
    giveUpLater();
  });
  const form = new FormData();
  form.append("file", file);
  request.open("POST", "/api/v1/admin/backup/import/preview");
  request.send(form);
  return { ended, cancel: () => request.abort() };
}

function readAnswer(request: XMLHttpRequest): UploadEnd {
  const answer = parse(request.responseText);
  if (isPreview(answer)) {
    if (answer.valid && answer.preview_id !== null) return { end: "previewed", previewId: answer.preview_id };
    return { end: "invalid", preview: answer, code: "code" in answer && isProblemCode(answer.code) ? answer.code : "invalid_rows" };
  }
  if (typeof answer === "object" && answer !== null && "code" in answer && isProblemCode(answer.code)) {
    const requestId = "request_id" in answer && typeof answer.request_id === "string" ? answer.request_id : undefined;
    return { end: "refused", code: answer.code, requestId };
  }
  // A proxy's own page: it has a limit of its own.
  return request.status === 413 ? { end: "refused", code: "too_large", requestId: undefined } : { end: "lost" };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The server parses what it answers with; here it is only told from a problem. */
function isPreview(answer: unknown): answer is PreviewResponse {
  return typeof answer === "object" && answer !== null && "valid" in answer && "errors" in answer && Array.isArray(answer.errors);
}
