import { setImmediate as breathe } from "node:timers/promises";
import type { z } from "zod";
import { checksumsName, manifestName } from "./entry-names";
import { BundleError, type BundleErrorCode } from "./errors";
import { JsonError, parseJson } from "./json/parse-json";
import type { BundleLimits } from "./limits";
import {
  fileReferenceSchema,
  formatName,
  formatVersion,
  manifestHeadSchema,
  oldestFormatVersion,
  type FileReference,
  type JsonValue,
  type Manifest,
} from "./manifest";

/** Values that a manifest may hold besides its file references: tables, warnings, settings. */
const freeValues = 100_000;
/** A file reference holds five values and is one; three are left for a later release's members. */
const valuesPerEntry = 9;
/** File references checked between pauses for the event loop. */
const referencesAtOnce = 2_000;

/**
 * @param entries how many entries the archive has
 * @throws BundleError `format_unknown`, `format_newer`, `manifest_invalid`, `manifest_too_large`, `nesting_too_deep`
 */
export async function parseManifest(text: Buffer, entries: number, limits: BundleLimits): Promise<Manifest> {
  const value = await parseObject(text, entries, limits, manifestName, "manifest_invalid");
  checkFormat(value);
  const head = check(manifestHeadSchema, value, "");
  if (!Array.isArray(value["files"])) throw invalid("files: not an array");
  const files: FileReference[] = [];
  for (const reference of value["files"]) {
    files.push(check(fileReferenceSchema, reference, `files.${files.length}.`));
    if (files.length % referencesAtOnce === 0) await breathe();
  }
  return { ...head, files };
}

/**
 * @returns entry name → SHA-256 in lower-case hex
 * @throws BundleError `checksums_invalid`, `manifest_too_large`
 */
export async function parseChecksums(text: Buffer, entries: number, limits: BundleLimits): Promise<Map<string, string>> {
  const value = await parseObject(text, entries, limits, checksumsName, "checksums_invalid");
  const checksums = new Map<string, string>();
  for (const [name, sha256] of Object.entries(value)) {
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
      throw new BundleError("checksums_invalid", `${checksumsName} holds something that is no SHA-256 in lower-case hex.`, {
        entry: checksumsName,
      });
    }
    checksums.set(name, sha256);
  }
  return checksums;
}

/** Before anything else: a newer version's manifest may look any way it likes. */
function checkFormat(manifest: { [key: string]: JsonValue }): void {
  const { format, format_version: version } = manifest;
  if (format !== formatName) {
    throw new BundleError("format_unknown", `${manifestName} does not say that this is a ${formatName} bundle.`, {
      entry: manifestName,
    });
  }
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < oldestFormatVersion) {
    throw invalid("format_version: not a version of the format");
  }
  if (version > formatVersion) {
    throw new BundleError(
      "format_newer",
      `The bundle has format version ${version}; this release reads up to ${formatVersion}. Import it with a newer release.`,
      { entry: manifestName },
    );
  }
}

async function parseObject(
  text: Buffer,
  entries: number,
  limits: BundleLimits,
  entry: string,
  code: BundleErrorCode,
): Promise<{ [key: string]: JsonValue }> {
  const value = await parse(text, entries, limits, entry, code);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BundleError(code, `${entry} is no JSON object.`, { entry });
  }
  return value;
}

async function parse(text: Buffer, entries: number, limits: BundleLimits, entry: string, code: BundleErrorCode) {
  const codes = { syntax: code, nesting: "nesting_too_deep", values: "manifest_too_large" } as const;
  try {
    return await parseJson(text, { nesting: limits.nesting, values: freeValues + entries * valuesPerEntry });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new BundleError(codes[error.reason], `${entry} cannot be read: ${error.message}.`, { entry }, { cause: error });
  }
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`${path}${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}

function invalid(how: string): BundleError {
  return new BundleError("manifest_invalid", `${manifestName} is invalid: ${how}`, { entry: manifestName });
}
