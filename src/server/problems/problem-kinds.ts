import type { TRPC_ERROR_CODE_KEY } from "@trpc/server";

import type { ServerErrorCode } from "../errors";

/** What every status is called in tRPC, whose clients retry by that name. */
const trpcCodes = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
  507: "INTERNAL_SERVER_ERROR",
} as const satisfies Record<number, TRPC_ERROR_CODE_KEY>;

export interface ProblemKind {
  status: keyof typeof trpcCodes;
  title: string;
}

const invalidBundle: ProblemKind = { status: 422, title: "The bundle is refused" };
const brokenObject: ProblemKind = { status: 500, title: "A stored object is not what its record says" };

/** What every code means over HTTP and, by its status, over tRPC. The compiler asks for a line for each code of every layer. */
export const problemKinds: Readonly<Record<ServerErrorCode, ProblemKind>> = {
  unauthorized: { status: 401, title: "Not authenticated" },
  forbidden: { status: 403, title: "Not allowed" },
  cross_origin: { status: 403, title: "The request comes from another origin" },
  rate_limited: { status: 429, title: "Too many attempts" },
  malformed_request: { status: 400, title: "The request is malformed" },
  unknown_option: { status: 400, title: "The request has an option that does not exist" },
  unsupported_media_type: { status: 415, title: "The request's content type is not understood" },
  method_not_allowed: { status: 405, title: "The method is not allowed here" },
  too_large: { status: 413, title: "The request is too large" },
  transfer_stalled: { status: 408, title: "The transfer made no progress" },
  no_room: { status: 507, title: "There is no room for the upload" },
  busy: { status: 409, title: "Too much is running" },
  preview_not_found: { status: 404, title: "There is no such preview" },
  run_not_found: { status: 404, title: "There is no such run" },
  download_not_found: { status: 404, title: "There is no such download" },
  run_stopped: { status: 409, title: "An admin stopped it" },
  record_not_found: { status: 404, title: "There is no such record" },
  user_not_found: { status: 404, title: "There is no such user" },
  api_key_not_found: { status: 404, title: "There is no such API key" },
  shutting_down: { status: 503, title: "The application is stopping" },
  internal: { status: 500, title: "Something went wrong" },

  import_running: { status: 409, title: "Another import is running" },
  plan_changed: { status: 409, title: "The installation has changed since the preview" },
  invalid_rows: { status: 422, title: "The bundle holds invalid rows" },
  thread_lost: { status: 503, title: "The application lost a thread" },
  importer_missing: { status: 403, title: "The importing admin is no user any more" },
  database_unavailable: { status: 503, title: "The database does not answer" },
  commit_uncertain: { status: 503, title: "It is not known yet how the import ended" },

  storage_unavailable: { status: 503, title: "The object storage does not answer" },
  object_missing: brokenObject,
  object_differs: brokenObject,
  object_exists: { status: 409, title: "An object appeared while the import ran" },
  object_key_invalid: invalidBundle,

  upload_too_large: { status: 413, title: "The bundle is too large" },
  not_a_zip: invalidBundle,
  several_disks: invalidBundle,
  directory_invalid: invalidBundle,
  wrong_count: invalidBundle,
  leading_data: invalidBundle,
  trailing_data: invalidBundle,
  gap: invalidBundle,
  entries_overlap: invalidBundle,
  header_invalid: invalidBundle,
  header_differs: invalidBundle,
  descriptor_differs: invalidBundle,
  encrypted: invalidBundle,
  method_unsupported: invalidBundle,
  flags_unsupported: invalidBundle,
  special_file: invalidBundle,
  extra_field_invalid: invalidBundle,
  extra_field_unknown: invalidBundle,
  unicode_path_differs: invalidBundle,
  name_encoding: invalidBundle,
  name_control_character: invalidBundle,
  name_backslash: invalidBundle,
  name_absolute: invalidBundle,
  name_drive_letter: invalidBundle,
  name_traversal: invalidBundle,
  name_duplicate: invalidBundle,
  name_collision: invalidBundle,
  entry_unknown: invalidBundle,
  entry_missing: invalidBundle,
  deflate_invalid: invalidBundle,
  size_differs: invalidBundle,
  crc_differs: invalidBundle,
  checksum_differs: invalidBundle,
  too_many_entries: invalidBundle,
  entry_too_large: invalidBundle,
  total_too_large: invalidBundle,
  ratio_too_high: invalidBundle,
  row_too_large: invalidBundle,
  nesting_too_deep: invalidBundle,
  manifest_too_large: invalidBundle,
  name_too_long: invalidBundle,
  format_unknown: invalidBundle,
  format_newer: { status: 422, title: "The bundle's format is newer than this application" },
  manifest_invalid: invalidBundle,
  checksums_invalid: invalidBundle,
  checksums_differ: invalidBundle,
  tables_differ: invalidBundle,
  row_count_differs: invalidBundle,
  file_reference_differs: invalidBundle,
  json_invalid: invalidBundle,
  row_invalid: invalidBundle,
};

/** What an answer with this code is called in tRPC. */
export function trpcCodeOf(code: ServerErrorCode): TRPC_ERROR_CODE_KEY {
  return trpcCodes[problemKinds[code].status];
}

function isCode(name: string): name is ServerErrorCode {
  return Object.hasOwn(problemKinds, name);
}

/** Every code, for schemas and documents. */
export const serverErrorCodes: readonly ServerErrorCode[] = Object.keys(problemKinds).filter(isCode);
