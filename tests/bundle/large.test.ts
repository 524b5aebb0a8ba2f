import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBundleWriter, type BundleSink, type BundleWriter } from "@/bundle";
import { sha256 } from "../support/bundle/sample-bundle";
import { createdAt, inChunksOf, manifestParts, rowsOf, uuidOf } from "../support/bundle/write-bundle";

const run = promisify(execFile);
const mebi = 1024 * 1024;
/** MiB that a process may grow by that opens an archive, bombs included. */
const memory = 150;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "bundle-"))));
afterAll(() => rm(folder, { recursive: true }));

interface Cost {
  code?: string;
  rows?: number;
  files?: number;
  mebibytes: number;
  milliseconds: number;
  late: number;
}

async function costOfOpening(path: string): Promise<Cost> {
  const script = join(import.meta.dirname, "..", "support", "bundle", "measure-opening.ts");
  const { stdout } = await run(process.execPath, ["--import", "tsx", script, path]);
  return JSON.parse(stdout) as Cost;
}

async function writeTo(name: string, write: (writer: BundleWriter) => Promise<unknown>): Promise<string> {
  const path = join(folder, name);
  const file = await open(path, "w");
  const sink: BundleSink = { write: async (chunk) => void (await file.write(chunk)) };
  const writer = createBundleWriter({ sink, createdAt });
  await write(writer);
  await writer.finish(manifestParts);
  await file.close();
  return path;
}

describe("70,000 files", () => {
  let path: string;
  beforeAll(async () => {
    const content = Buffer.from("small");
    const file = { size: content.length, sha256: sha256(content) };
    path = await writeTo("many.zip", async (writer) => {
      await writer.writeTable("files", rowsOf(["{}"]));
      for (let id = 0; id < 70_000; id++) {
        await writer.writeObject({ ...file, id: uuidOf(id), key: `organizations/1/files/screenshot/${id}.png` }, content);
      }
    });
  });

  it("are read again, at little memory and without holding up the event loop", async () => {
    const cost = await costOfOpening(path);
    expect(cost).toMatchObject({ rows: 1, files: 70_000 });
    expect(cost.mebibytes).toBeLessThan(memory);
    expect(cost.late).toBeLessThan(250);
  });

  it("are read by unzip and Python's zipfile", async () => {
    const script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(len(z.namelist()), z.testzip())";
    expect((await run("python3", ["-c", script, path])).stdout.trim()).toBe("70003 None");
    expect((await run("unzip", ["-tqq", path])).stdout).toBe("");
  });
});

describe("half a gigabyte of white space", () => {
  /** White space mixed so that it stays below the ratio that is refused. */
  const space = Buffer.alloc(mebi, 0x20);
  for (let at = 0, state = 1; at < mebi; at += 40) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    space[at] = [0x20, 0x09, 0x0a, 0x0d][state >>> 30] ?? 0x20;
  }

  async function* spread(before: string, after: string): AsyncGenerator<Buffer> {
    yield Buffer.from(before);
    for (let count = 0; count < 512; count++) yield space;
    yield Buffer.from(after);
  }

  it("between rows is nothing to hold", async () => {
    const cost = await costOfOpening(await packed("between.zip", "[{}", ",{}]"));
    expect(cost).toMatchObject({ rows: 2 });
    expect(cost.mebibytes).toBeLessThan(memory);
    expect(cost.late).toBeLessThan(250);
  });

  it("inside a row is refused", async () => {
    const cost = await costOfOpening(await packed("inside.zip", '[{},{"a":', "1}]"));
    expect(cost).toMatchObject({ code: "row_too_large" });
    expect(cost.mebibytes).toBeLessThan(memory);
  });

  it("is nothing to a list that names what no entry is called", async () => {
    // Folded as names are, each of these letters becomes eighteen.
    const name = "\ufdfa".repeat(10_000_000);
    const cost = await costOfOpening(await packed("names.zip", "[{}", ",{}]", { [name]: "0".repeat(64) }));
    expect(cost).toMatchObject({ code: "checksums_differ" });
    expect(cost.mebibytes).toBeLessThan(memory);
  });

  async function packed(name: string, before: string, after: string, more: Record<string, string> = {}): Promise<string> {
    const { ZipWriter } = await import("@/bundle/zip/writer");
    const path = join(folder, name);
    const file = await open(path, "w");
    const zip = new ZipWriter({ write: async (chunk) => void (await file.write(chunk)) }, createdAt, undefined);
    const data = await zip.addStream("data/scopes.json", spread(before, after), "deflate");
    const manifest = Buffer.from(
      JSON.stringify({
        format: "system-backup",
        format_version: 1,
        created_at: createdAt.toISOString(),
        tables: { scopes: 2 },
        files: [],
        ...manifestParts,
      }),
    );
    await zip.addBuffer("manifest.json", manifest, crc32(manifest));
    const checksums = { "data/scopes.json": data.sha256, "manifest.json": sha256(manifest), ...more };
    await zip.addStream("checksums.json", inChunksOf(Buffer.from(JSON.stringify(checksums)), mebi), "deflate");
    await zip.finish(["data/scopes.json", "manifest.json", "checksums.json"]);
    await file.close();
    return path;
  }
});
