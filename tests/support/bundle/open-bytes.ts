import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBundle, type FileReference, type Manifest, type OpenBundleOptions } from "@/bundle";

/** Everything that a bundle holds, in memory. */
export interface ReadBundle {
  manifest: Manifest;
  files: FileReference[];
  rows: Record<string, string[]>;
  objects: Record<string, string>;
}

/** Opens bytes as a bundle and reads all of it. Throws what the library throws. */
export async function readBytes(bytes: Buffer, options: OpenBundleOptions = {}): Promise<ReadBundle> {
  const folder = await mkdtemp(join(tmpdir(), "bundle-"));
  try {
    await writeFile(join(folder, "bundle.zip"), bytes);
    return await readFile(join(folder, "bundle.zip"), options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function readFile(path: string, options: OpenBundleOptions = {}): Promise<ReadBundle> {
  const bundle = await openBundle(path, options);
  try {
    const rows: ReadBundle["rows"] = {};
    for (const table of Object.keys(bundle.manifest.tables)) {
      rows[table] = [];
      for await (const batch of bundle.rows(table)) rows[table].push(...batch.map((row) => row.toString()));
    }
    const files: FileReference[] = [];
    const objects: ReadBundle["objects"] = {};
    for await (const file of bundle.files.references()) {
      files.push(file);
      const chunks: Buffer[] = [];
      for await (const chunk of bundle.readObject(file.id) ?? []) chunks.push(chunk);
      objects[file.id] = Buffer.concat(chunks).toString("base64");
    }
    return { manifest: bundle.manifest, files, rows, objects };
  } finally {
    await bundle.close();
  }
}
