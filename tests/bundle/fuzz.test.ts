import { open, mkdtemp, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import JSZip from "jszip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BundleError } from "@/bundle";
import { mutate, mutation, type Mutation } from "../support/bundle/mutations";
import { readFile, type ReadBundle } from "../support/bundle/open-bytes";
import { bundleContents, sampleData, sampleManifest, toEntries, type Contents } from "../support/bundle/sample-bundle";
import { variedBundle } from "../support/bundle/varied-bundle";
import { buildZip } from "../support/bundle/zip-builder";
import { bundleBytes } from "../support/bundle/write-bundle";

/** BUNDLE_FUZZ_RUNS=100000 npx vitest run tests/bundle/fuzz.test.ts takes some minutes. */
const runs = Number(process.env["BUNDLE_FUZZ_RUNS"] ?? 3000);
const timeout = 30_000 + runs * 20;

let folder: string;
let file: FileHandle;
let bases: { bytes: Buffer; content: ReadBundle }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
  file = await open(join(folder, "bundle.zip"), "w+");
  const zip = new JSZip();
  for (const [name, content] of bundleContents()) zip.file(name, content);
  const archives = [
    await bundleBytes(variedBundle),
    await zip.generateAsync({ type: "nodebuffer", streamFiles: true, compression: "DEFLATE" }),
    buildZip({ entries: toEntries(bundleContents()), zip64: true }),
  ];
  bases = [];
  for (const bytes of archives) bases.push({ bytes, content: await readBack(bytes) });
});

afterAll(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

describe("a bundle whose bytes were changed", () => {
  it(
    "is refused with a code or means just the same",
    async () => {
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(2), fc.array(mutation, { minLength: 1, maxLength: 3 }), async (base, mutations) => {
          const original = pick(bases, base);
          const outcome = await readBack(changed(original.bytes, mutations)).catch((error: unknown) => error);
          if (outcome instanceof BundleError) refused += 1;
          else expect(outcome).toEqual(original.content);
        }),
        { numRuns: runs },
      );
      // Few changes mean nothing: times, "version made by", a cut that removes nothing.
      expect(refused).toBeGreaterThan(runs * 0.8);
    },
    timeout,
  );
});

describe("a bundle whose contents were changed and which is consistent again", () => {
  it(
    "is refused with a code or can be read to its end",
    async () => {
      const names = ["manifest.json", "checksums.json", "data/scopes.json"];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...names), fc.array(mutation, { minLength: 1, maxLength: 2 }), async (name, mutations) => {
          const outcome = await readBack(consistentWith(name, mutations)).catch((error: unknown) => error);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(BundleError);
        }),
        { numRuns: Math.ceil(runs / 3) },
      );
    },
    timeout,
  );
});

/** The sample with one entry's content changed, its sizes, CRC-32 and checksums being those of the change. */
function consistentWith(name: string, mutations: Mutation[]): Buffer {
  const change = (content: Buffer | undefined) => changed(content ?? Buffer.alloc(0), mutations);
  const data: Contents = sampleData();
  if (data.has(name)) data.set(name, change(data.get(name)));
  const manifest = Buffer.from(JSON.stringify(sampleManifest()));
  const contents = bundleContents({ data, manifest: name === "manifest.json" ? change(manifest) : manifest });
  if (name === "checksums.json") contents.set(name, change(contents.get(name)));
  return buildZip({ entries: toEntries(contents) });
}

function changed(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  const others = bases.map((base) => base.bytes);
  return mutations.reduce((some, mutation) => mutate(some, mutation, others), bytes);
}

function pick<Item>(items: Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

async function readBack(bytes: Buffer): Promise<ReadBundle> {
  await file.truncate(0);
  await file.write(bytes, 0, bytes.length, 0);
  return readFile(join(folder, "bundle.zip"));
}
