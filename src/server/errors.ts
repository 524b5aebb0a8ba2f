import type { BackupErrorCode } from "@/backup";
import type { BundleErrorCode } from "@/bundle";
import type { StorageErrorCode } from "@/storage";

/** What the server itself refuses or fails with, beside what the layers below it do. */
export const requestErrorCodes = [
  "unauthorized",
  "forbidden",
  "cross_origin",
  "rate_limited",
  "malformed_request",
  "unknown_option",
  "unsupported_media_type",
  "method_not_allowed",
  "too_large",
  /** No byte, or hardly any, for too long. */
  "upload_stalled",
  /** The disk that uploads are kept on is full or cannot be written. */
  "no_room",
  /** As many exports, previews and imports run as this installation allows. */
  "busy",
  "preview_not_found",
  "run_not_found",
  "user_not_found",
  "api_key_not_found",
  "shutting_down",
  /** A defect; the log has the rest under the answer's request id. */
  "internal",
] as const;

export type RequestErrorCode = (typeof requestErrorCodes)[number];

/** Every code that an answer of this server can carry. */
export type ServerErrorCode = RequestErrorCode | BackupErrorCode | BundleErrorCode | StorageErrorCode;

/** Members that a problem may carry beside the usual ones. */
export interface ProblemFields {
  /** The unknown option. */
  option?: string;
  /** Where in the request, such as `conflict_mode`. */
  field?: string;
  /** Seconds after which trying again may succeed; also sent as Retry-After. */
  retry_after?: number;
}

/** The message is fit to be shown to whoever made the request. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    readonly code: RequestErrorCode,
    message: string,
    readonly fields: ProblemFields = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
