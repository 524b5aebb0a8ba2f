export const bundleErrorCodes = [
  // The file as a whole.
  "not_a_zip",
  "several_disks",
  "directory_invalid",
  "wrong_count",
  "leading_data",
  "trailing_data",
  "gap",
  "entries_overlap",
  // One entry's records.
  "header_invalid",
  "header_differs",
  "descriptor_differs",
  "encrypted",
  "method_unsupported",
  "flags_unsupported",
  "special_file",
  "extra_field_invalid",
  "extra_field_unknown",
  "unicode_path_differs",
  // Names.
  "name_encoding",
  "name_control_character",
  "name_backslash",
  "name_absolute",
  "name_drive_letter",
  "name_traversal",
  "name_duplicate",
  "name_collision",
  "entry_unknown",
  "entry_missing",
  // Content.
  "deflate_invalid",
  "size_differs",
  "crc_differs",
  "checksum_differs",
  // Limits.
  "upload_too_large",
  "too_many_entries",
  "entry_too_large",
  "total_too_large",
  "ratio_too_high",
  "row_too_large",
  "nesting_too_deep",
  "manifest_too_large",
  "name_too_long",
  // Manifest and checksums.
  "format_unknown",
  "format_newer",
  "manifest_invalid",
  "checksums_invalid",
  "checksums_differ",
  "tables_differ",
  "row_count_differs",
  "file_reference_differs",
  // Rows.
  "json_invalid",
  "row_invalid",
  // Writing.
  "object_differs",
] as const;

export type BundleErrorCode = (typeof bundleErrorCodes)[number];

export interface BundlePlace {
  /** Name of the entry in the archive. Comes from outside: may hold any character. */
  entry?: string | undefined;
  /** Index of the row in its data file, from 0. */
  row?: number | undefined;
  column?: string | undefined;
}

/** Characters: no entry's name has more, but lists within a bundle may claim that one has millions. */
const longestName = 255;

/** Why a bundle is refused or could not be written. The message is fit to be shown to an admin. */
export class BundleError extends Error {
  override readonly name = "BundleError";
  readonly entry: string | undefined;
  readonly row: number | undefined;
  readonly column: string | undefined;

  constructor(
    readonly code: BundleErrorCode,
    message: string,
    place: BundlePlace = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.entry = place.entry === undefined ? undefined : beginningOf(place.entry);
    this.row = place.row;
    this.column = place.column;
  }
}

/** A name from outside, as a message may show it: short, on one line, printable ASCII only. */
export function quoteName(name: string): string {
  const printable = beginningOf(name).replace(/[^\x20-\x7e]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${printable.length > 160 ? `${printable.slice(0, 157)}...` : printable}"`;
}

/** A copy: a slice would keep the whole name for as long as the error lives. */
function beginningOf(name: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(name.slice(0, longestName)));
}
