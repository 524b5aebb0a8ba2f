import { open, mkdtemp, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import JSZip from "jszip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BundleError } from "@/bundle";
import { readFile, type ReadBundle } from "../support/bundle/open-bytes";
import { bundleContents, sampleData, sampleManifest, toEntries, type Contents } from "../support/bundle/sample-bundle";
import { variedBundle } from "../support/bundle/varied-bundle";
import { buildZip } from "../support/bundle/zip-builder";
import { bundleBytes } from "../support/bundle/write-bundle";

/** BUNDLE_FUZZ_RUNS=100000 npx vitest run tests/bundle/fuzz.test.ts takes some minutes. */
const runs = Number(process.env["BUNDLE_FUZZ_RUNS"] ?? 3000);
const timeout = 30_000 + runs * 20;

type Mutation =
  | { kind: "flip"; at: number; bit: number }
  | { kind: "set"; at: number; value: number }
  | { kind: "cut"; at: number; length: number }
  | { kind: "duplicate"; at: number; length: number; to: number }
  | { kind: "splice"; other: number; at: number; length: number; to: number };

/** Where in the bytes, as a part of their length; the end has most of what an archive says about itself. */
const place = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.7, max: 1, noNaN: true }));
const length = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 400 }));
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("flip"), at: place, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant("set"), at: place, value: fc.constantFrom(0, 1, 0x2e, 0x2f, 0x7f, 0x80, 0xff) }),
  fc.record({ kind: fc.constant("cut"), at: place, length }),
  fc.record({ kind: fc.constant("duplicate"), at: place, length, to: place }),
  fc.record({ kind: fc.constant("splice"), other: fc.nat(2), at: place, length, to: place }),
);

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
          const outcome = await readBack(mutations.reduce(mutate, original.bytes)).catch((error: unknown) => error);
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
  const change = (content: Buffer | undefined) => mutations.reduce(mutate, content ?? Buffer.alloc(0));
  const data: Contents = sampleData();
  if (data.has(name)) data.set(name, change(data.get(name)));
  const manifest = Buffer.from(JSON.stringify(sampleManifest()));
  const contents = bundleContents({ data, manifest: name === "manifest.json" ? change(manifest) : manifest });
  if (name === "checksums.json") contents.set(name, change(contents.get(name)));
  return buildZip({ entries: toEntries(contents) });
}

function mutate(bytes: Buffer, mutation: Mutation): Buffer {
  const at = Math.floor(mutation.at * (bytes.length - 1));
  const changed = Buffer.from(bytes);
  switch (mutation.kind) {
    case "flip":
      changed[at] = (changed[at] ?? 0) ^ (1 << mutation.bit);
      return changed;
    case "set":
      changed[at] = mutation.value;
      return changed;
    case "cut":
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + mutation.length)]);
    case "duplicate":
      return insert(bytes, mutation.to, bytes.subarray(at, at + mutation.length));
    case "splice": {
      const other = pick(bases, mutation.other).bytes;
      const from = Math.floor(mutation.at * (other.length - 1));
      return insert(bytes, mutation.to, other.subarray(from, from + mutation.length));
    }
  }
}

function insert(bytes: Buffer, to: number, piece: Buffer): Buffer {
  const at = Math.floor(to * bytes.length);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
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
