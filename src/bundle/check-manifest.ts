import type { z } from "zod";
import { manifestName } from "./entry-names";
import { BundleError } from "./errors";
import {
  fileReferenceSchema,
  formatName,
  formatVersion,
  manifestSchema,
  oldestFormatVersion,
  type FileReference,
  type JsonValue,
  type Manifest,
} from "./manifest";

/** What a manifest must be, one part at a time. Everything here works in a browser too. */

export type JsonObject = { [key: string]: JsonValue };

/**
 * Before anything else: a newer version's manifest may look any way it likes.
 *
 * @throws BundleError `format_unknown`, `format_newer`, `manifest_invalid`
 */
export function checkFormat(manifest: JsonObject): void {
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

/** All but the file references. @throws BundleError `manifest_invalid` */
export function checkManifestHead(manifest: JsonObject): Manifest {
  return check(manifestSchema, manifest, "");
}

/** The file references, not yet checked. @throws BundleError `manifest_invalid` */
export function fileReferencesOf(manifest: JsonObject): JsonValue[] {
  const { files } = manifest;
  if (!Array.isArray(files)) throw invalid("files: not an array");
  return files;
}

/** @throws BundleError `manifest_invalid` */
export function checkFileReference(reference: JsonValue, index: number): FileReference {
  return check(fileReferenceSchema, reference, `files.${index}.`);
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
