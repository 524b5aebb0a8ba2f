import { checkFileReference, checkFormat, checkManifestHead, fileReferencesOf, type JsonObject } from "./check-manifest";
import { checksumsName, manifestName } from "./entry-names";
import { BundleError } from "./errors";
import { JsonError, parseJson, type Taker } from "./json/parse-json";
import type { BundleLimits } from "./limits";
import type { FileReference, JsonValue, Manifest } from "./manifest";
import type { EntryNames } from "./zip/directory";

/** Values that a manifest may hold besides its file references: tables, warnings, settings. */
const freeValues = 100_000;
/** A file reference holds five values and is one; three are left for a later release's members. */
const valuesPerEntry = 9;

/**
 * @param text manifest.json's
 * @throws BundleError `format_unknown`, `format_newer`, `manifest_invalid`, `manifest_too_large`, `nesting_too_deep`
 */
export async function readManifest(text: Buffer, names: EntryNames, limits: BundleLimits): Promise<Manifest> {
  const files: FileReference[] = [];
  let fault: { error: unknown } | null = null;
  // Checked as they come, since tens of thousands are not worth holding twice; what is wrong with one is told when its turn comes.
  const take = (item: JsonValue) => {
    if (fault !== null) return;
    try {
      const reference = checkFileReference(item, files.length);
      files.push({ ...reference, entry: names.shared(reference.entry) });
    } catch (error) {
      fault = { error };
    }
  };
  const value = await parseObject(text, manifestName, names, limits, { kind: "items", member: "files", take });
  checkFormat(value);
  const head = checkManifestHead(value);
  fileReferencesOf(value);
  rethrow(fault);
  return { ...head, files };
}

function rethrow(fault: { error: unknown } | null): void {
  if (fault !== null) throw fault.error;
}

/**
 * @param text checksums.json's
 * @param files the manifest's: mostly in the same order, with the same SHA-256s, of which none is held twice
 * @returns entry name → SHA-256 in lower-case hex
 * @throws BundleError `checksums_invalid`, `manifest_too_large`, `nesting_too_deep`
 */
export async function readChecksums(
  text: Buffer,
  names: EntryNames,
  files: readonly FileReference[],
  limits: BundleLimits,
): Promise<Map<string, string>> {
  const checksums = new Map<string, string>();
  let nextFile = 0;
  const take = (name: string, sha256: JsonValue) => {
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
      throw new BundleError("checksums_invalid", `${checksumsName} holds something that is no SHA-256 in lower-case hex.`, {
        entry: checksumsName,
      });
    }
    const entry = names.shared(name);
    const file = files[nextFile];
    if (file?.entry === entry) nextFile += 1;
    checksums.set(entry, file?.entry === entry && file.sha256 === sha256 ? file.sha256 : sha256);
  };
  await parseObject(text, checksumsName, names, limits, { kind: "members", has: (name) => checksums.has(name), take });
  return checksums;
}

async function parseObject(text: Buffer, entry: string, names: EntryNames, limits: BundleLimits, taker: Taker): Promise<JsonObject> {
  const code = entry === manifestName ? "manifest_invalid" : "checksums_invalid";
  const codes = { syntax: code, nesting: "nesting_too_deep", values: "manifest_too_large" } as const;
  try {
    const value = await parseJson(text, { nesting: limits.nesting, values: freeValues + names.size * valuesPerEntry }, taker);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new BundleError(codes[error.reason], `${entry} cannot be read: ${error.message}.`, { entry }, { cause: error });
  }
  throw new BundleError(code, `${entry} is no JSON object.`, { entry });
}
