import { createHash } from "node:crypto";
import type { EntrySpec } from "./zip-builder";

export const fileId = "3f0c8a54-6f0e-4b1f-9a77-0d3c1c8d5e01";
export const objectKey = "files/evidence/note.txt";
export const objectEntry = `files/${fileId}/note.txt`;
export const objectContent = Buffer.from("Found by hand. Found by hand. Found by hand.\n");

export type Contents = Map<string, Buffer>;

/** A small valid bundle's manifest, for tests to change before it is written. */
export function sampleManifest() {
  return {
    format: "system-backup" as unknown,
    format_version: 1 as unknown,
    created_at: "2026-01-02T03:04:05.000Z" as unknown,
    application_version: "1.0.0",
    options: { include_files: true, include_users: false, include_scan_history: true, include_settings: true },
    tables: { scopes: 2 } as Record<string, unknown>,
    warnings: [] as unknown[],
    settings: { title: "sample" } as unknown,
    files: [
      { id: fileId, key: objectKey, entry: objectEntry, size: objectContent.length, sha256: sha256(objectContent) },
    ] as Record<string, unknown>[],
  };
}

export function sampleData(): Contents {
  return new Map([
    ["data/scopes.json", Buffer.from('[\n{"id":1,"tags":["}","\\""]},\n{"id":2,"m":{"a":[[]]}}\n]\n')],
    [objectEntry, objectContent],
  ]);
}

export type Manifest = ReturnType<typeof sampleManifest>;

/** Data, objects, manifest.json, checksums.json, all in agreement. */
export function bundleContents(changes: { data?: Contents; manifest?: Manifest | Buffer } = {}): Contents {
  const contents = new Map(changes.data ?? sampleData());
  const manifest = changes.manifest ?? sampleManifest();
  contents.set("manifest.json", Buffer.isBuffer(manifest) ? manifest : Buffer.from(JSON.stringify(manifest)));
  contents.set("checksums.json", checksumsOf(contents));
  return contents;
}

export function checksumsOf(contents: Contents): Buffer {
  return Buffer.from(JSON.stringify(Object.fromEntries([...contents].map(([name, content]) => [name, sha256(content)]))));
}

export function toEntries(contents: Contents): EntrySpec[] {
  return [...contents].map(([name, content]) => ({ name, content }));
}

export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
