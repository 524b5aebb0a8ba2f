import { z } from "zod";
import { isFileId, isTableName } from "./entry-names";

export const formatName = "system-backup";
/** The newest version of the format that this library reads, and the one that it writes. */
export const formatVersion = 1;
/** The oldest version of the format that this library still reads. */
export const oldestFormatVersion = 1;

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256 in lower-case hex");

/** What a bundle says about how to read it. Parsed before anything else of the manifest. */
export const formatSchema = z.object({
  format: z.literal(formatName),
  format_version: z.int().positive(),
});

export const exportOptionsSchema = z.object({
  include_files: z.boolean(),
  include_users: z.boolean(),
  include_scan_history: z.boolean(),
  include_settings: z.boolean(),
});

/** Of a warning. An export names five keys in one, of up to 3,600 characters each. */
const longestMessage = 20_000;
/** An export has at most a few for each column of each table. A preview repeats them. */
const mostWarnings = 1_000;
/** Of a code, and of a table's or column's name: PostgreSQL's have 63 bytes. */
const longestWord = 100;

export const bundleWarningSchema = z.object({
  code: z.string().min(1).max(longestWord),
  message: z.string().max(longestMessage),
  table: z.string().max(longestWord).optional(),
  column: z.string().max(longestWord).optional(),
  count: count.optional(),
});

export const fileReferenceSchema = z.object({
  id: z.string().refine(isFileId, "not a lower-case uuid"),
  /** Where the object lived in object storage. Any string: judged by who imports. */
  key: z.string().min(1),
  entry: z.string(),
  /** Bytes. */
  size: count,
  sha256,
});

/** A record of zod's own drops the key `__proto__`; here it is a key like any other. */
const tableCounts = z.custom<Record<string, number>>(
  (value) =>
    isObject(value) &&
    Object.entries(value).every(([table, rows]) => isTableName(table) && count.safeParse(rows).success),
  "not an object of table names and row counts",
);
const settings = z.custom<Record<string, JsonValue>>(isObject, "not an object");

/**
 * manifest.json without its file references, which are parsed one at a time. Members that
 * are not named here are ignored, so that a later release may add some within a version.
 */
export const manifestSchema = formatSchema.extend({
  created_at: z.iso.datetime({ precision: 3 }),
  application_version: z.string().min(1).max(200),
  options: exportOptionsSchema,
  tables: tableCounts,
  warnings: z.array(bundleWarningSchema).max(mostWarnings),
  settings: settings.nullable(),
});

export type ExportOptions = z.infer<typeof exportOptionsSchema>;
export type BundleWarning = z.infer<typeof bundleWarningSchema>;
export type FileReference = z.infer<typeof fileReferenceSchema>;
/** What a manifest says, its file references aside. */
export type Manifest = z.infer<typeof manifestSchema>;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The manifest's text, one table, warning, setting and file reference a line. */
export function* manifestText(manifest: Manifest, files: Iterable<FileReference>): Generator<string> {
  const { tables, warnings, settings: settingValues, ...head } = manifest;
  yield "{\n";
  for (const [name, value] of Object.entries(head)) yield `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`;
  yield* members("tables", Object.entries(tables));
  yield ",\n";
  yield* elements("warnings", warnings);
  yield ",\n";
  if (settingValues === null) yield '  "settings": null';
  else yield* members("settings", Object.entries(settingValues));
  yield ",\n";
  yield* elements("files", files);
  yield "\n}\n";
}

function* members(name: string, entries: [string, JsonValue][]): Generator<string> {
  yield `  ${JSON.stringify(name)}: {`;
  let separator = "\n";
  for (const [key, value] of entries) {
    yield `${separator}    ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    separator = ",\n";
  }
  yield separator === "\n" ? "}" : "\n  }";
}

function* elements(name: string, values: Iterable<object>): Generator<string> {
  yield `  ${JSON.stringify(name)}: [`;
  let separator = "\n";
  for (const value of values) {
    yield `${separator}    ${JSON.stringify(value)}`;
    separator = ",\n";
  }
  yield separator === "\n" ? "]" : "\n  ]";
}
