import JSZip from "jszip";
import { z } from "zod";
import { checkFileReference, checkFormat, checkManifestHead, fileReferencesOf, type JsonObject } from "./check-manifest";
import { checksumsName, classifyEntryName, manifestName } from "./entry-names";
import { BundleError, quoteName } from "./errors";
import { defaultLimits } from "./limits";
import type { ExportOptions } from "./manifest";
import { checkArchiveEnd } from "./zip/archive-end";

/**
 * jszip holds the archive whole, so this is what a tab has to have left. A file of this size
 * is read from a disk in well under a second.
 */
export const largestInspected = 256 * 1024 * 1024;

/** What a bundle says of itself. */
export interface BundleSummary {
  format_version: number;
  created_at: string;
  application_version: string;
  options: ExportOptions;
  /** Rows of every table. */
  tables: Record<string, number>;
  objects: { count: number; bytes: number };
}

/** What a look at the file alone, without reading rows or objects, can say. */
export type Inspection =
  | { outcome: "bundle"; summary: BundleSummary }
  | { outcome: "refused"; code: BundleError["code"]; message: string }
  /** Too large to look into. Its end is that of a whole archive. */
  | { outcome: "unseen" };

/**
 * The browser's look into a file before it is uploaded: whether it is an archive, whole, with
 * a manifest of a version that is known, and with the entries that the manifest speaks of.
 * Whoever reads the bundle checks everything again, and the rest. Works in browsers and Node.
 *
 * @throws errors of reading the file, such as one that was deleted meanwhile
 */
export async function inspectBundle(file: Blob, largest = largestInspected): Promise<Inspection> {
  try {
    await checkArchiveEnd(file);
    if (file.size > largest) return { outcome: "unseen" };
    return { outcome: "bundle", summary: await summarize(await openArchive(file)) };
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return { outcome: "refused", code: error.code, message: error.message };
  }
}

async function openArchive(file: Blob): Promise<JSZip> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return await JSZip.loadAsync(bytes, { createFolders: false });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/encrypted/i.test(message)) throw new BundleError("encrypted", "The archive is encrypted.", {}, { cause: error });
    throw new BundleError("directory_invalid", "The archive's list of entries is damaged.", {}, { cause: error });
  }
}

async function summarize(archive: JSZip): Promise<BundleSummary> {
  const manifest = await readManifest(archive);
  checkFormat(manifest);
  const head = checkManifestHead(manifest);
  let bytes = 0;
  const references = fileReferencesOf(manifest).map((value, index) => checkFileReference(value, index));
  for (const reference of references) {
    bytes += reference.size;
    if (archive.file(reference.entry) === null) {
      throw new BundleError("file_reference_differs", `${manifestName} refers to ${quoteName(reference.entry)}, which is not there.`);
    }
  }
  checkEntries(archive, Object.keys(head.tables));
  return {
    format_version: head.format_version,
    created_at: head.created_at,
    application_version: head.application_version,
    options: head.options,
    tables: head.tables,
    objects: { count: references.length, bytes },
  };
}

function checkEntries(archive: JSZip, tables: readonly string[]): void {
  for (const entry of Object.values(archive.files)) {
    // jszip makes names harmless; what the archive really says is what counts.
    const name = entry.unsafeOriginalName ?? entry.name;
    if (classifyEntryName(name) === null) {
      throw new BundleError("entry_unknown", `The entry ${quoteName(name)} is none that a bundle may have.`, { entry: name });
    }
  }
  const absent = tables.find((table) => archive.file(`data/${table}.json`) === null);
  if (absent !== undefined) {
    throw new BundleError("tables_differ", `${manifestName} counts rows of ${absent}, which is not in the archive.`);
  }
  if (archive.file(checksumsName) === null) throw missing(checksumsName);
}

/** jszip says an entry's size only to itself. */
const sized = z.object({ _data: z.object({ uncompressedSize: z.number() }) });
const jsonObject = z.custom<JsonObject>((value) => typeof value === "object" && value !== null && !Array.isArray(value));

async function readManifest(archive: JSZip): Promise<JsonObject> {
  const entry = archive.file(manifestName);
  if (entry === null) throw missing(manifestName);
  const size = sized.safeParse(entry).data?._data.uncompressedSize ?? 0;
  if (size > defaultLimits.manifest) {
    throw new BundleError("manifest_too_large", `${manifestName} has ${size} bytes; ${defaultLimits.manifest} are taken.`);
  }
  try {
    const bytes = await entry.async("uint8array");
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return jsonObject.parse(JSON.parse(text));
  } catch (error) {
    throw new BundleError("manifest_invalid", `${manifestName} is damaged and cannot be read.`, { entry: manifestName }, { cause: error });
  }
}

function missing(name: string): BundleError {
  return new BundleError("entry_missing", `The entry "${name}" is missing: this is no bundle, or not a whole one.`, { entry: name });
}
