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
import { paced } from "./paced";

/** Values that a manifest may hold besides its file references: tables, warnings, settings. */
const freeValues = 100_000;
/** A file reference holds five values and is one; three are left for a later release's members. */
const valuesPerEntry = 9;

type JsonObject = { [key: string]: JsonValue };

/** @throws BundleError `format_unknown`, `format_newer`, `manifest_invalid` */
export async function checkManifest(value: JsonObject): Promise<Manifest> {
  checkFormat(value);
  const head = check(manifestHeadSchema, value, "");
  if (!Array.isArray(value["files"])) throw invalid("files: not an array");
  const files: FileReference[] = [];
  for await (const reference of paced(value["files"])) {
    files.push(check(fileReferenceSchema, reference, `files.${files.length}.`));
  }
  return { ...head, files };
}

/**
 * @returns entry name → SHA-256 in lower-case hex
 * @throws BundleError `checksums_invalid`
 */
export async function checkChecksums(value: JsonObject): Promise<Map<string, string>> {
  const checksums = new Map<string, string>();
  for await (const [name, sha256] of paced(Object.entries(value))) {
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
      throw new BundleError("checksums_invalid", `${checksumsName} holds something that is no SHA-256 in lower-case hex.`, {
        entry: checksumsName,
      });
    }
    checksums.set(name, sha256);
  }
  return checksums;
}

/**
 * @param entry manifest.json or checksums.json
 * @param entries how many entries the archive has
 * @throws BundleError `manifest_invalid`, `checksums_invalid`, `manifest_too_large`, `nesting_too_deep`
 */
export async function parseObject(text: Buffer, entry: string, entries: number, limits: BundleLimits): Promise<JsonObject> {
  const code = entry === manifestName ? "manifest_invalid" : "checksums_invalid";
  const value = await parse(text, entries, limits, entry, code);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BundleError(code, `${entry} is no JSON object.`, { entry });
  }
  return value;
}

/** Before anything else: a newer version's manifest may look any way it likes. */
function checkFormat(manifest: JsonObject): void {
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
