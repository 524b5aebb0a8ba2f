import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import JSZip from "jszip";
import { afterAll, beforeAll, expect, it } from "vitest";

import { openBundle, type Bundle } from "@/bundle";

import { bundleContents, fileId, objectKey, sampleData, sampleManifest, sha256, toEntries } from "../support/bundle/sample-bundle";
import { bundleBytes, noise, uuidOf, type BundleInput } from "../support/bundle/write-bundle";
import { buildZip } from "../support/bundle/zip-builder";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
  path = join(folder, "bundle.zip");
});
afterAll(() => rm(folder, { recursive: true }));

async function opened<Result>(bytes: Buffer, work: (bundle: Bundle) => Promise<Result>): Promise<Result> {
  await writeFile(path, bytes);
  const bundle = await openBundle(path);
  try {
    return await work(bundle);
  } finally {
    await bundle.close();
  }
}

const contentOf = (bytes: Buffer) => opened(bytes, ({ contentSha256 }) => Promise.resolve(contentSha256));

it("its content's SHA-256 is that of the same content in another archive, and of no other", async () => {
  const entries = toEntries(bundleContents());
  const content = await contentOf(buildZip({ entries }));
  // Every entry's name and SHA-256, in the order of the names: plans that were shown before name it.
  const sums = [...bundleContents()].filter(([name]) => name !== "checksums.json").map(([name, bytes]) => [name, sha256(bytes)]);
  expect(content).toBe(sha256(Buffer.from(sums.sort().map((sum) => JSON.stringify(sum)).join(""))));
  expect(await contentOf(buildZip({ entries: entries.toReversed() }))).toBe(content);
  expect(await contentOf(buildZip({ entries: entries.map((entry) => ({ ...entry, method: 0 })) }))).toBe(content);
  const data = sampleData();
  data.set("data/scopes.json", Buffer.from('[{"id":3},{"id":4}]'));
  expect(await contentOf(buildZip({ entries: toEntries(bundleContents({ data })) }))).not.toBe(content);
});

/** More text than one piece of it, with references that lie across its pieces' ends. */
const input: BundleInput = {
  tables: {},
  objects: Array.from({ length: 3_000 }, (_, index) => ({ id: uuidOf(index), key: `a/${"x".repeat(index % 200)}/${index}`, content: noise(index % 7) })),
};

it("its content's SHA-256 is that of its thousands of entries in the order of their names, whatever that of their data", async () => {
  const { files } = await JSZip.loadAsync(await bundleBytes(input));
  const contents = new Map<string, Buffer>();
  for (const [name, file] of Object.entries(files)) contents.set(name, await file.async("nodebuffer"));
  const sums = [...contents].filter(([name]) => name !== "checksums.json").map(([name, bytes]) => JSON.stringify([name, sha256(bytes)]));
  expect(sums.length).toBeGreaterThan(3_000);
  const entries = toEntries(contents);
  const shuffled = entries.map((_, index) => entries[(index * 1_009) % entries.length]).filter((entry) => entry !== undefined);
  expect(await contentOf(buildZip({ entries: shuffled }))).toBe(sha256(Buffer.from(sums.sort().join(""))));
});

it("an abort is heard to the last, when all was read and its content is still to be hashed", async () => {
  // So small that it is read in one go.
  await writeFile(path, buildZip({ entries: toEntries(bundleContents()) }));
  const left = new AbortController();
  const onProgress = () => left.abort(new Error("The client has left"));
  await expect(openBundle(path, { signal: left.signal, onProgress }).then((bundle) => bundle.close())).rejects.toThrow("The client has left");
});

it("its references come in the manifest's order, as often as they are asked for", async () => {
  const asked = await opened(await bundleBytes(input), async ({ files }) => {
    const both: string[][] = [[], []];
    for (const keys of both) for await (const { id, key } of files.references()) keys.push(`${id} ${key}`);
    return [files.count, ...both];
  });
  const expected = input.objects?.map(({ id, key }) => `${id} ${key}`);
  expect(asked).toEqual([3_000, expected, expected]);
});

it.each([
  ["manifest_invalid", '"files"', "!"],
  ["crc_differs", objectKey, "F"],
])("its references end with %s where the file became another", async (code, before, letter) => {
  // What comes after the fault is more than is looked at before it.
  const manifest = Buffer.from(JSON.stringify({ ...sampleManifest(), padding: "x".repeat(300_000) }));
  const entries = toEntries(bundleContents({ manifest })).map((entry) => ({ ...entry, method: 0 }));
  const reading = opened(buildZip({ entries }), async (bundle) => {
    const changed = await readFile(path);
    changed.write(letter, changed.indexOf(before));
    await writeFile(path, changed);
    for await (const { id } of bundle.files.references()) expect(id).toBe(fileId);
  });
  await expect(reading).rejects.toMatchObject({ name: "BundleError", code });
});
