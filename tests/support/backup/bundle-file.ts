import { createHash, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import JSZip from "jszip";

import type { FileReference, Manifest } from "@/bundle";

/** Everything that a bundle holds, to be looked at or changed; read and written by jszip alone. */
export interface BundleFile {
  manifest: Manifest & { files: FileReference[] };
  /** Each row's JSON as it stands, by table. */
  tables: Map<string, string[]>;
  /** By file id. */
  objects: Map<string, { key: string; content: Buffer }>;
}

/** Every entry's bytes by name. */
export async function readEntries(file: string): Promise<Map<string, Buffer>> {
  const zip = await JSZip.loadAsync(await readFile(file));
  const entries = new Map<string, Buffer>();
  for (const entry of Object.values(zip.files)) {
    if (!entry.dir) entries.set(entry.name, await entry.async("nodebuffer"));
  }
  return entries;
}

export async function readBundleFile(file: string): Promise<BundleFile> {
  const entries = await readEntries(file);
  const manifest = JSON.parse(String(entries.get("manifest.json"))) as BundleFile["manifest"];
  const tables = new Map(
    Object.keys(manifest.tables).map((table) => [table, rowsOf(String(entries.get(`data/${table}.json`)))]),
  );
  const objects = new Map(
    manifest.files.map(({ id, key, entry }) => [id, { key, content: entries.get(entry) ?? Buffer.alloc(0) }]),
  );
  return { manifest, tables, objects };
}

/** Writes the bundle with jszip; counts, file references and checksums follow from what it holds. */
export async function writeBundleFile(folder: string, { manifest, tables, objects }: BundleFile): Promise<string> {
  const entries = new Map<string, Buffer>();
  for (const [table, rows] of tables) {
    entries.set(`data/${table}.json`, Buffer.from(rows.length === 0 ? "[]\n" : `[\n${rows.join(",\n")}\n]\n`));
  }
  const files: FileReference[] = [...objects].map(([id, { key, content }]) => {
    const entry = `files/${id}/object`;
    entries.set(entry, content);
    return { id, key, entry, size: content.length, sha256: sha256(content) };
  });
  const counts = Object.fromEntries([...tables].map(([table, rows]) => [table, rows.length]));
  entries.set("manifest.json", Buffer.from(JSON.stringify({ ...manifest, tables: counts, files })));
  const checksums = Object.fromEntries([...entries].map(([name, content]) => [name, sha256(content)]));
  entries.set("checksums.json", Buffer.from(JSON.stringify(checksums)));

  const zip = new JSZip();
  for (const [name, content] of entries) zip.file(name, content);
  const file = path.join(folder, `${randomUUID()}.zip`);
  await writeFile(file, await zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" }));
  return file;
}

/** Takes a bundle apart, lets the test change it, and writes another one beside it. */
export async function rewriteBundle(file: string, edit: (bundle: BundleFile) => void): Promise<string> {
  const bundle = await readBundleFile(file);
  edit(bundle);
  return writeBundleFile(path.dirname(file), bundle);
}

export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** A bundle of rows that a test wrote by hand. Objects: file id → bytes, under the key that the file's row has. */
export function makeBundle(folder: string, rows: Rows, objects: Readonly<Record<string, Buffer>> = {}): Promise<string> {
  const keyOf = (id: string) => String(rows["files"]?.find((row) => row["id"] === id)?.["object_key"]);
  return writeBundleFile(folder, {
    manifest: {
      format: "system-backup",
      format_version: 1,
      created_at: "2026-01-02T03:04:05.000Z",
      application_version: "0.0.0-test",
      options: { include_files: true, include_users: false, include_scan_history: true, include_settings: true },
      tables: {},
      warnings: [],
      settings: {},
      files: [],
    },
    tables: new Map(Object.entries(rows).map(([table, list]) => [table, list.map((row) => JSON.stringify(row))])),
    objects: new Map(Object.entries(objects).map(([id, content]) => [id, { key: keyOf(id), content }])),
  });
}

function rowsOf(text: string): string[] {
  return text.split("\n").slice(1, -2).map((line) => line.replace(/,$/, ""));
}

export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
