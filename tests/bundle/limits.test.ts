import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { BundleError, openBundle, type BundleErrorCode } from "@/bundle";
import { defaultLimits } from "@/bundle/limits";
import { RowScanner } from "@/bundle/json/row-scanner";

import { bundleContents, sampleManifest, toEntries, type Contents } from "../support/bundle/sample-bundle";
import { uuidOf } from "../support/bundle/write-bundle";
import { buildZip, extraField, numbers, type EntrySpec } from "../support/bundle/zip-builder";

/** Every limit as it is, not lowered: what reaches it is taken, or refused for something else, and one more is not. */

const mebi = 1024 * 1024;
const gibi = 1024 * mebi;

let path: string;
beforeAll(async () => void (path = join(await mkdtemp(join(tmpdir(), "bundle-")), "bundle.zip")));
afterAll(() => rm(join(path, ".."), { recursive: true }));

async function codeOf(bytes: Buffer): Promise<BundleErrorCode | null> {
  await writeFile(path, bytes);
  return codeOfFile();
}

async function codeOfFile(): Promise<BundleErrorCode | null> {
  try {
    await (await openBundle(path)).close();
    return null;
  } catch (error) {
    if (error instanceof BundleError) return error.code;
    throw error;
  }
}

it("upload: a gibibyte", async () => {
  await writeFile(path, "");
  await truncate(path, gibi);
  expect(await codeOfFile()).toBe("not_a_zip");
  await truncate(path, gibi + 1);
  expect(await codeOfFile()).toBe("upload_too_large");
});

it("entries: 70,100", async () => {
  const nothing = { content: Buffer.alloc(0), method: 0 };
  const archive = (count: number) =>
    buildZip({ entries: Array.from({ length: count }, (_, index) => ({ ...nothing, name: `files/${uuidOf(index)}/x` })), zip64: true });
  expect(await codeOf(archive(70_100))).toBe("entry_missing");
  expect(await codeOf(archive(70_101))).toBe("too_many_entries");
});

it("name: 255 bytes", async () => {
  const named = (length: number) =>
    buildZip({ entries: [{ name: `data/${"a".repeat(length - 5)}`, content: Buffer.alloc(0) }, ...toEntries(bundleContents())] });
  expect(await codeOf(named(255))).toBe("entry_unknown");
  expect(await codeOf(named(256))).toBe("name_too_long");
});

it("manifest: 32 mebibytes", async () => {
  const manifest = JSON.stringify(sampleManifest());
  const padded = (size: number) => buildZip({ entries: toEntries(bundleContents({ manifest: Buffer.from(manifest.padEnd(size)) })) });
  expect(await codeOf(padded(32 * mebi))).toBe("ratio_too_high");
  const stored = (size: number) => buildZip({ entries: storedEntries(bundleContents({ manifest: Buffer.from(manifest.padEnd(size)) })) });
  expect(await codeOf(stored(32 * mebi))).toBeNull();
  expect(await codeOf(stored(32 * mebi + 1))).toBe("manifest_too_large");
});

it("ratio: any up to 16 mebibytes, 200 above", async () => {
  const spaces = (size: number) =>
    buildZip({ entries: toEntries(bundleContents({ data: scopes(`[{},${" ".repeat(size - 7)}{}]`), manifest: noObjects() })) });
  expect(await codeOf(spaces(16 * mebi))).toBeNull();
  expect(await codeOf(spaces(16 * mebi + 1))).toBe("ratio_too_high");
  const claim = (size: number, packed: number) =>
    buildZip({ entries: [claiming("data/table_a.json", size, packed), ...toEntries(bundleContents())] });
  expect(await codeOf(claim(20_000_000, 100_000))).toBe("checksums_differ");
  expect(await codeOf(claim(20_000_000, 99_999))).toBe("ratio_too_high");
});

it("entry: eight gibibytes; total: sixteen", async () => {
  const claims = (...sizes: number[]) =>
    buildZip({ entries: [...sizes.map((size, index) => claiming(`data/table_${"abc"[index]}.json`, size)), ...toEntries(bundleContents())] });
  const rest = [...bundleContents().values()].reduce((sum, content) => sum + content.length, 0);
  expect(await codeOf(claims(8 * gibi, 7 * gibi))).toBe("checksums_differ");
  expect(await codeOf(claims(8 * gibi + 1))).toBe("entry_too_large");
  expect(await codeOf(claims(8 * gibi, 8 * gibi - rest))).toBe("checksums_differ");
  expect(await codeOf(claims(8 * gibi, 8 * gibi - rest + 1))).toBe("total_too_large");
});

it("row: sixteen mebibytes, in an archive and by itself", async () => {
  const row = (size: number) => `{"a": "${"x".repeat(size - 9)}"}`;
  const archive = (size: number) => buildZip({ entries: storedEntries(bundleContents({ data: scopes(`[{},${row(size)}]`), manifest: noObjects() })) });
  expect(await codeOf(archive(16 * mebi))).toBeNull();
  expect(await codeOf(archive(16 * mebi + 1))).toBe("row_too_large");
  const scan = scanner();
  scan(row(16 * mebi));
  expect(() => scan(row(16 * mebi + 1))).toThrow(expect.objectContaining({ limit: "row" }));
});

it("nesting: 256, the row counted", async () => {
  const row = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  const archive = (depth: number) => buildZip({ entries: toEntries(bundleContents({ data: scopes(`[{},${row(depth)}]`), manifest: noObjects() })) });
  expect(await codeOf(archive(256))).toBeNull();
  expect(await codeOf(archive(257))).toBe("nesting_too_deep");
  const scan = scanner();
  scan(row(256));
  expect(() => scan(row(257))).toThrow(expect.objectContaining({ limit: "nesting" }));
});

it("columns: a thousand; members: a hundred thousand; nested: 64 mebibytes", () => {
  const scan = scanner();
  const object = (members: number) => `{${Array.from({ length: members }, (_, index) => `"m${index}":0`).join(",")}}`;
  scan(object(1_000));
  expect(() => scan(object(1_001))).toThrow(expect.objectContaining({ limit: "members" }));
  scan(`{"a":${object(100_000)}}`);
  expect(() => scan(`{"a":${object(100_001)}}`)).toThrow(expect.objectContaining({ limit: "members" }));
  // Each of 64 lists within each other holds the text, its two quotes, and on average 65 brackets and 32.5 values of 16.
  const nested = (text: number) => `{"a":${"[".repeat(64)}"${"x".repeat(text)}"${"]".repeat(64)}}`;
  scan(nested(mebi - 67 - 520));
  expect(() => scan(nested(mebi - 66 - 520))).toThrow(expect.objectContaining({ limit: "nesting" }));
});

it("none but these", () => {
  const tried = ["columns", "entries", "entry", "manifest", "members", "name", "nested", "nesting", "ratio", "row", "total", "upload"];
  expect(Object.keys(defaultLimits).sort()).toEqual(tried);
});

function scanner(): (row: string) => void {
  const rows = new RowScanner(defaultLimits);
  return (row) => rows.scan(Buffer.from(row));
}

function scopes(text: string): Contents {
  return new Map([["data/scopes.json", Buffer.from(text)]]);
}

function noObjects() {
  return { ...sampleManifest(), files: [] };
}

function storedEntries(contents: Contents): EntrySpec[] {
  return toEntries(contents).map((entry) => ({ ...entry, method: 0 }));
}

/** An entry that claims that size, by ZIP64's fields, and is just large enough for it not to be a bomb. */
function claiming(name: string, size: number, packedSize = Math.ceil(size / 200)): EntrySpec {
  const packed = Buffer.alloc(packedSize);
  const content = Buffer.alloc(0);
  const wide = 0xffffffff;
  return {
    name,
    content,
    packed,
    size: wide,
    centralExtra: extraField(1, numbers([size, 8])),
    local: { size: wide, compressedSize: wide },
    localExtra: extraField(1, numbers([size, 8], [packed.length, 8])),
  };
}
