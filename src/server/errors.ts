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
  /** No byte, or hardly any, was sent or taken for too long. */
  "transfer_stalled",
  /** The disk that uploads are kept on is full or cannot be written. */
  "no_room",
  /** As many exports, previews and imports run as this installation allows. */
  "busy",
  "preview_not_found",
  "run_not_found",
  /** An export prepared for a browser is downloaded once, within a minute. */
  "download_not_found",
  /** An admin ended the run. */
  "run_stopped",
  /** Of the inventory. */
  "record_not_found",
  "user_not_found",
  "api_key_not_found",
  "shutting_down",
  /** A defect; the log has the rest under the answer's request id. */
  "internal",
] as const;

export type RequestErrorCode = (typeof requestErrorCodes)[number];

/** Every code that an answer of this server can carry. */
export type ServerErrorCode = RequestErrorCode | BackupErrorCode | BundleErrorCode | StorageErrorCode;

/** Who runs the import that another one has to wait for. */
export interface ImportHolder {
  run_id: string;
  started_by: string | null;
  started_at: string;
}

/** Members that a problem may carry beside the usual ones. */
export interface ProblemFields {
  /** The unknown option. */
  option?: string;
  /** The part of the request that is wrong, such as `conflict_mode`. */
  field?: string;
  /** Seconds after which trying again may succeed; also sent as Retry-After. */
  retry_after?: number;
  holder?: ImportHolder;
}

/** Why a request is refused. The message is fit to be shown to whoever made it. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    readonly code: ServerErrorCode,
    message: string,
    readonly fields: ProblemFields = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The client went away before it had its answer. */
export class ClientGone extends Error {
  override readonly name = "AbortError";

  constructor(options?: ErrorOptions) {
    super("The client closed the connection.", options);
  }
}
