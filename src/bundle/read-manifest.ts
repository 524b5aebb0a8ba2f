import { checkFileReference, checkFormat, checkManifestHead, fileReferencesOf, type JsonObject } from "./check-manifest";
import { checksumsName, manifestName } from "./entry-names";
import { BundleError, type BundleErrorCode } from "./errors";
import { JsonError, parseJson } from "./json/parse-json";
import type { BundleLimits } from "./limits";
import type { FileReference, Manifest } from "./manifest";
import { paced } from "./paced";

/** Values that a manifest may hold besides its file references: tables, warnings, settings. */
const freeValues = 100_000;
/** A file reference holds five values and is one; three are left for a later release's members. */
const valuesPerEntry = 9;

/** @throws BundleError `format_unknown`, `format_newer`, `manifest_invalid` */
export async function checkManifest(value: JsonObject): Promise<Manifest> {
  checkFormat(value);
  const head = checkManifestHead(value);
  const files: FileReference[] = [];
  for await (const reference of paced(fileReferencesOf(value))) files.push(checkFileReference(reference, files.length));
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

async function parse(text: Buffer, entries: number, limits: BundleLimits, entry: string, code: BundleErrorCode) {
  const codes = { syntax: code, nesting: "nesting_too_deep", values: "manifest_too_large" } as const;
  try {
    return await parseJson(text, { nesting: limits.nesting, values: freeValues + entries * valuesPerEntry });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new BundleError(codes[error.reason], `${entry} cannot be read: ${error.message}.`, { entry }, { cause: error });
  }
}
