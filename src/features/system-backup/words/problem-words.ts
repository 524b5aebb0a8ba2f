import type { ServerErrorCode } from "@/server/errors";

const damaged = "The file is damaged: it was not downloaded or copied whole, or something changed it. Get the bundle again from where it was made.";
const crafted = "The file holds something that a bundle must not hold. Only files made by System Backup's export can be imported.";
const foreign = "The file is an archive, but no bundle made by System Backup's export.";
const tooMuch = "The file is larger inside than this installation takes from any bundle.";
const storedObject = "A stored file is not what its record says. Look at the object storage, and try again.";
const database = "The database does not answer. Nothing was changed. Try again in a moment.";

/** What a person reads for each code that the server can answer with: what happened, and how to go on. */
export const problemWords: Readonly<Record<ServerErrorCode, string>> = {
  unauthorized: "Your session has ended. Sign in again to go on.",
  forbidden: "Only admins may do this. Ask another admin if your role was changed by mistake.",
  cross_origin: "The request seemed to come from another site. Reload the page under this installation's usual address.",
  rate_limited: "Too many attempts. Wait a while and try again.",
  malformed_request: "The request was not understood. Reload the page and try again.",
  unknown_option: "The request had an option that does not exist here. Reload the page and try again.",
  unsupported_media_type: "The request was not understood. Reload the page and try again.",
  method_not_allowed: "The request was not understood. Reload the page and try again.",
  too_large: "The file is larger than this installation takes. Export less, without files for example, or raise BACKUP_MAX_UPLOAD_BYTES here.",
  transfer_stalled: "The transfer made no progress for minutes and was ended. Check the connection and try again.",
  no_room: "The server's disk has no room for the upload. Nothing was changed. Make room and try again.",
  busy: "As many exports and imports are running as this installation allows. Wait until one has ended and try again.",
  preview_not_found: "This preview is over an hour old, or was cleared away. Upload the bundle again to go on.",
  run_not_found: "There is no such export or import.",
  download_not_found: "This download was used already, or is over a minute old. Start the export again.",
  run_stopped: "An admin stopped it. Nothing was changed.",
  record_not_found: "It is not in the inventory, or not any more.",
  user_not_found: "There is no such user.",
  api_key_not_found: "There is no such API key.",
  shutting_down: "The application was stopped meanwhile. Nothing was changed. Try again.",
  internal: "Something went wrong that should not have. The server's log says more.",

  import_running: "Another import is running, and only one runs at a time. Wait until it has ended.",
  plan_changed: "This installation has changed since the preview: the import would do something else now, so nothing was done. Compare again and look at the new preview.",
  invalid_rows: "The bundle holds rows that this installation cannot take. Nothing was imported.",
  thread_lost: "The application ran out of something while it worked on rows. Nothing was changed; try again.",
  importer_missing: "You are no user of this installation any more.",
  database_unavailable: database,
  commit_uncertain: "The database broke off at the very end, so it is not known yet whether the import was done. Its record will say: look there before you try again.",

  storage_unavailable: "The object storage does not answer. Nothing was changed. Try again in a moment.",
  object_missing: storedObject,
  object_differs: storedObject,
  object_exists: "A file appeared in the object storage while the import ran. Nothing was changed. Try again.",
  object_key_invalid: crafted,

  upload_too_large: "The file is larger than this installation takes. Export less, without files for example, or raise BACKUP_MAX_UPLOAD_BYTES here.",
  not_a_zip: "The file is no bundle, or its end is missing because it was not downloaded or copied whole.",
  several_disks: foreign,
  directory_invalid: damaged,
  wrong_count: damaged,
  leading_data: damaged,
  trailing_data: damaged,
  gap: damaged,
  entries_overlap: crafted,
  header_invalid: damaged,
  header_differs: damaged,
  descriptor_differs: damaged,
  encrypted: "The archive is encrypted. Bundles are not; decrypt it and choose the bundle itself.",
  method_unsupported: "The archive was packed again in a way that is not understood. Choose the file as it was exported.",
  flags_unsupported: "The archive was packed again in a way that is not understood. Choose the file as it was exported.",
  special_file: crafted,
  extra_field_invalid: damaged,
  extra_field_unknown: "The archive was packed again in a way that is not understood. Choose the file as it was exported.",
  unicode_path_differs: crafted,
  name_encoding: crafted,
  name_control_character: crafted,
  name_backslash: "The archive was packed again by a program that writes names with backslashes. Choose the file as it was exported.",
  name_absolute: crafted,
  name_drive_letter: crafted,
  name_traversal: crafted,
  name_duplicate: crafted,
  name_collision: crafted,
  entry_unknown: foreign,
  entry_missing: foreign,
  deflate_invalid: damaged,
  size_differs: damaged,
  crc_differs: damaged,
  checksum_differs: damaged,
  too_many_entries: tooMuch,
  entry_too_large: tooMuch,
  total_too_large: tooMuch,
  ratio_too_high: tooMuch,
  row_too_large: tooMuch,
  nesting_too_deep: tooMuch,
  manifest_too_large: tooMuch,
  name_too_long: crafted,
  format_unknown: foreign,
  format_newer: "The bundle comes from a newer release whose format this one does not know. Update this installation, then import it.",
  manifest_invalid: "The bundle's manifest, which says what is in it, is damaged. Get the bundle again from where it was made.",
  checksums_invalid: damaged,
  checksums_differ: damaged,
  tables_differ: damaged,
  row_count_differs: damaged,
  file_reference_differs: damaged,
  json_invalid: damaged,
  row_invalid: "A row holds more than a bundle takes in one, or is not as the format wants it. The details say which.",
};

export function isProblemCode(code: unknown): code is ServerErrorCode {
  return typeof code === "string" && Object.hasOwn(problemWords, code);
}

/** Of a code that an older record may have: it may no longer be known. */
export function wordsOf(code: string): string {
  return isProblemCode(code) ? problemWords[code] : `It ended with the code ${code}.`;
}
