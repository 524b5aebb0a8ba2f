import { checkFileReference, checkFormat, checkManifestHead, fileReferencesOf, type JsonObject } from "./check-manifest";
import { checksumsName, manifestName } from "./entry-names";
import { BundleError } from "./errors";
import { itemsOf, JsonError, parseJson, type JsonLimits, type Taker } from "./json/parse-json";
import type { BundleLimits } from "./limits";
import type { FileReference, JsonValue, Manifest } from "./manifest";
import type { Statements } from "./statements";

/** Values that a manifest may hold besides its file references: tables, warnings, settings. */
const freeValues = 100_000;
/** A file reference holds five values and is one; three are left for a later release's members. */
const valuesPerEntry = 9;

const filesMember = "files";

export interface TextLimits {
  limits: BundleLimits;
  /** How many the archive has. */
  entries: number;
}

/**
 * @param text manifest.json's
 * @param statements takes its file references
 * @throws BundleError `format_unknown`, `format_newer`, `manifest_invalid`, `manifest_too_large`, `nesting_too_deep`
 */
export async function readManifest(text: AsyncIterable<Buffer>, statements: Statements, within: TextLimits): Promise<Manifest> {
  let count = 0;
  let fault: { error: unknown } | null = null;
  // Checked as they come, since tens of thousands are not worth holding; what is wrong with one is told when its turn comes.
  const take = (item: JsonValue) => {
    if (fault !== null) return;
    try {
      statements.addReference(checkFileReference(item, count++));
    } catch (error) {
      fault = { error };
    }
  };
  const value = await parseObject(text, manifestName, within, { kind: "items", member: filesMember, take });
  checkFormat(value);
  const manifest = checkManifestHead(value);
  fileReferencesOf(value);
  rethrow(fault);
  return manifest;
}

/**
 * @param text a manifest.json's that was read before: how its references stand to the archive is not looked at again, and
 * that it is still what was read is known by its CRC-32 after the last of them
 * @throws BundleError what reading it threw, were it another now
 */
export async function* readReferences(text: AsyncIterable<Buffer>, within: TextLimits): AsyncGenerator<FileReference> {
  let count = 0;
  try {
    for await (const items of itemsOf(text, filesMember, jsonLimits(within))) {
      for (const item of items) yield checkFileReference(item, count++);
    }
  } catch (error) {
    throw asBundleError(error, manifestName);
  }
}

function rethrow(fault: { error: unknown } | null): void {
  if (fault !== null) throw fault.error;
}

/**
 * @param text checksums.json's
 * @param statements takes its SHA-256s
 * @throws BundleError `checksums_invalid`, `manifest_too_large`, `nesting_too_deep`
 */
export async function readChecksums(text: AsyncIterable<Buffer>, statements: Statements, within: TextLimits): Promise<void> {
  const take = (name: string, sha256: JsonValue) => {
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
      throw new BundleError("checksums_invalid", `${checksumsName} holds something that is no SHA-256 in lower-case hex.`, {
        entry: checksumsName,
      });
    }
    statements.addChecksum(name, sha256);
  };
  await parseObject(text, checksumsName, within, { kind: "members", has: (name) => statements.hasChecksum(name), take });
}

function jsonLimits({ limits, entries }: TextLimits): JsonLimits {
  return { nesting: limits.nesting, values: freeValues + entries * valuesPerEntry };
}

async function parseObject(text: AsyncIterable<Buffer>, entry: string, within: TextLimits, taker: Taker): Promise<JsonObject> {
  let value: JsonValue;
  try {
    value = await parseJson(text, jsonLimits(within), taker);
  } catch (error) {
    throw asBundleError(error, entry);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new BundleError(invalidCodeOf(entry), `${entry} is no JSON object.`, { entry });
}

/** What is wrong with JSON, as the bundle's error; anything else as it is. */
function asBundleError(error: unknown, entry: string): unknown {
  if (!(error instanceof JsonError)) return error;
  const codes = { syntax: invalidCodeOf(entry), nesting: "nesting_too_deep", values: "manifest_too_large" } as const;
  return new BundleError(codes[error.reason], `${entry} cannot be read: ${error.message}.`, { entry }, { cause: error });
}

function invalidCodeOf(entry: string): "manifest_invalid" | "checksums_invalid" {
  return entry === manifestName ? "manifest_invalid" : "checksums_invalid";
}
