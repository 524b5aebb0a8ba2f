import { createHash } from "node:crypto";
import { copyFile, mkdir, open, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { createBundleWriter, defaultLimits, type BundleWriter } from "@/bundle";

import { bundleContents, sampleManifest, toEntries } from "../../tests/support/bundle/sample-bundle";
import { buildZip } from "../../tests/support/bundle/zip-builder";

/** Frozen archives that claim little and unpack to much. */
const fixtures = fileURLToPath(new URL("../../tests/bundle/fixtures/refused", import.meta.url));
const bombs = ["size_differs.bomb.zip", "ratio_too_high.spaces.zip", "nesting_too_deep.row.zip", "row_too_large.spaces.zip"];

/** Beside them stand a data file, the manifest and the checksums. */
const files = defaultLimits.entries - 3;
const content = Buffer.from("small content");

const parts = {
  application_version: "0.0.0-bench",
  options: { include_files: true, include_users: false, include_scan_history: true, include_settings: true },
  warnings: [],
  settings: null,
};

/** What no writer of ours would write: little to send, and much to hold for who looks at it the simple way. */
const crafted: Readonly<Record<string, () => Buffer>> = {
  "a-row-of-millions-of-members": () => withRows(`[{${'"":0,'.repeat(3_100_000)}"a":0}]`, 1),
  "an-object-of-millions-of-members": () => withRows(`[{"id":{${Array.from({ length: 1_200_000 }, (_, index) => `"${index.toString(36)}":0`).join(",")}}}]`, 1),
  "millions-of-empty-rows": () => withRows(`[${"{},".repeat(5_000_000)}{}]`, 5_000_001),
  // Fifty faults in what is read at a time, and noise enough for the ratio that is taken.
  "invalid-rows-far-apart": () =>
    withRows(`[${Array.from({ length: 3_000 }, (_, index) => `${"{},".repeat(50)}${" ".repeat(130_000)}{"${noise(index)}":0},`).join("")}{}]`, 3_000 * 51 + 1),
  "rows-of-unknown-columns-with-names-of-megabytes": () =>
    withRows(`[${Array.from({ length: 12 }, (_, index) => `{"${index}${"x".repeat(15_000_000)}":0}`).join(",")}]`, 12),
  // Beyond Latin-1, V8 takes two bytes for each character.
  "a-manifest-of-millions-of-escapes": () => buildZip({ entries: toEntries(bundleContents({ manifest: Buffer.from(`{"format":"\u4e2d${"\\n".repeat(16_000_000)}"}`) })) }),
  "objects-within-each-other-of-millions-of-members": () =>
    withRows(`[{"id":${`{${Array.from({ length: 3_000 }, (_, index) => `"${index.toString(36)}":0`).join(",")},"x":`.repeat(32)}0${"}".repeat(32)}}]`, 1),
};

/** Sixteen hundred characters that deflate to half of them. */
function noise(seed: number): string {
  return Array.from({ length: 25 }, (_, part) => createHash("sha256").update(`${seed}.${part}`).digest("hex")).join("");
}

function withRows(rows: string, count: number): Buffer {
  const manifest = { ...sampleManifest(), tables: { scopes: count }, files: [] };
  return buildZip({ entries: toEntries(bundleContents({ manifest, data: new Map([["data/scopes.json", Buffer.from(rows)]]) })) });
}

/** Archives that cost the most before they are refused. @returns their paths */
export async function writeHostileBundles(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  for (const name of bombs) await copyFile(path.join(fixtures, name), path.join(folder, name));
  await writeManyFiles(path.join(folder, "as-many-files-as-are-taken-of-which-the-last-is-damaged.zip"));
  await writeBundle(path.join(folder, "rows-of-15-megabytes-that-are-invalid.zip"), writeLongRows);
  await writeBundle(path.join(folder, "as-many-files-as-are-taken-and-rows-of-15-megabytes-that-are-invalid.zip"), async (writer) => {
    await writeLongRows(writer);
    await writeManyObjects(writer);
  });
  for (const [name, make] of Object.entries(crafted)) await writeFile(path.join(folder, `${name}.zip`), make());
  return (await readdir(folder)).map((name) => path.join(folder, name));
}

async function writeManyFiles(file: string): Promise<void> {
  const bytes = await writeBundle(file, async (writer) => {
    await writer.writeTable("files", rowsOf([]));
    await writeManyObjects(writer);
    return writer.bytesWritten;
  });
  const handle = await open(file, "r+");
  await handle.write(Buffer.from("S"), 0, 1, bytes - content.length);
  await handle.close();
}

async function writeManyObjects(writer: BundleWriter): Promise<void> {
  const sha256 = createHash("sha256").update(content).digest("hex");
  for (let index = 0; index < files; index++) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    await writer.writeObject({ id, key: `organizations/1/files/other/${index}.txt`, size: content.length, sha256 }, content);
  }
}

/** Sound to the last checksum, and no rows that the table could hold. */
async function writeLongRows(writer: BundleWriter): Promise<void> {
  const mebibyte = Buffer.from(Array.from({ length: 1024 * 1024 }, (_, index) => 0x61 + ((index * 7919) % 26)));
  const row = Buffer.concat([Buffer.from(',\n{"id":"'), ...Array.from({ length: 15 }, () => mebibyte), Buffer.from('"}')]);
  await writer.writeTable("scopes", rowsOf(Array.from({ length: 34 }, () => row)));
}

async function* rowsOf(rows: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* rows;
}

async function writeBundle<Result>(file: string, write: (writer: BundleWriter) => Promise<Result>): Promise<Result> {
  const handle = await open(file, "w");
  try {
    const sink = { write: async (chunk: Buffer) => void (await handle.write(chunk)) };
    const writer = createBundleWriter({ sink, createdAt: new Date("2026-01-02T03:04:05.678Z") });
    const result = await write(writer);
    await writer.finish(parts);
    return result;
  } finally {
    await handle.close();
  }
}
