import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile as readWhole, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import JSZip from "jszip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFile, readBytes, type ReadBundle } from "../support/bundle/open-bytes";
import { buildZip, extraField, numbers } from "../support/bundle/zip-builder";
import { bundleContents, objectEntry, toEntries } from "../support/bundle/sample-bundle";
import { variedBundle } from "../support/bundle/varied-bundle";
import { bundleBytes, noise, uuidOf, type BundleInput } from "../support/bundle/write-bundle";

const run = promisify(execFile);
/** Objects past 1 MiB have data descriptors, stored and deflated ones. */
const input: BundleInput = {
  ...variedBundle,
  objects: [
    ...(variedBundle.objects ?? []),
    { id: uuidOf(4), key: "large/noise.bin", content: noise(3_000_000) },
    { id: uuidOf(5), key: "large/text.txt", content: Buffer.alloc(3_000_000, "some text and more of it ") },
  ],
};

let folder: string;
let archive: string;
let unpacked: string;
let content: ReadBundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
  archive = join(folder, "bundle.zip");
  unpacked = join(folder, "unpacked");
  await writeFile(archive, await bundleBytes(input));
  content = await readFile(archive);
  await mkdir(unpacked);
  await run("unzip", ["-q", archive, "-d", unpacked]);
});

afterAll(() => rm(folder, { recursive: true }));

describe("a bundle opens with", () => {
  it("unzip", async () => {
    expect((await run("unzip", ["-t", archive])).stdout).toContain("No errors detected");
  });

  it("7-Zip", async () => {
    expect((await run("7z", ["t", archive])).stdout).toContain("Everything is Ok");
  });

  it("Python's zipfile", async () => {
    const script = "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).testzip())";
    expect((await run("python3", ["-c", script, archive])).stdout.trim()).toBe("None");
  });

  it("jszip", async () => {
    const zip = await JSZip.loadAsync(await readWhole(archive), { checkCRC32: true });
    expect(Object.keys(zip.files).sort()).toEqual((await filesIn(unpacked)).sort());
    for (const name of Object.keys(zip.files)) {
      const found = await zip.file(name)?.async("nodebuffer");
      expect(found?.equals(await readWhole(join(unpacked, name)))).toBe(true);
    }
  });
});

/** Packs the unpacked bundle again, as somebody who looked at it might. */
const packers: Record<string, (target: string) => Promise<unknown>> = {
  zip: (target) => run("zip", ["-qr", target, "."], { cwd: unpacked }),
  "zip without folders, stored": (target) => run("zip", ["-qrDX0", target, "."], { cwd: unpacked }),
  "zip with ZIP64": (target) => run("zip", ["-qr", "-fz", target, "."], { cwd: unpacked }),
  "zip to a pipe": (target) => run("sh", ["-c", 'zip -qr9 - . | cat > "$1"', "sh", target], { cwd: unpacked }),
  "7-Zip": (target) => run("7z", ["a", "-bd", target, "."], { cwd: unpacked }),
  "Python's zipfile": (target) =>
    run("python3", ["-m", "zipfile", "-c", target, "manifest.json", "checksums.json", "data", "files"], { cwd: unpacked }),
  "Python's zipfile to a pipe": (target) => run("python3", ["-c", pythonStream, target], { cwd: unpacked }),
  jszip: async (target) => writeFile(target, await (await packed()).generateAsync({ type: "nodebuffer", compression: "DEFLATE" })),
  "jszip with data descriptors": async (target) =>
    writeFile(target, await (await packed()).generateAsync({ type: "nodebuffer", streamFiles: true, platform: "UNIX" })),
  "jszip with folders": async (target) =>
    writeFile(target, await (await packed({ createFolders: true })).generateAsync({ type: "nodebuffer" })),
};

describe("a bundle is taken that was packed again by", () => {
  it.each(Object.entries(packers))("%s", async (name, pack) => {
    const target = join(folder, `${name.replaceAll(/[^a-zA-Z0-9]/g, "-")}.zip`);
    await pack(target);
    expect(await readFile(target)).toEqual(content);
  });

  it("nobody who changed it", async () => {
    const changed = join(folder, "changed");
    await cp(unpacked, changed, { recursive: true });
    await writeFile(join(changed, "data", "scopes.json"), "[ ]\n");
    await run("zip", ["-qr", join(folder, "changed.zip"), "."], { cwd: changed });
    await expect(readFile(join(folder, "changed.zip"))).rejects.toMatchObject({ code: "checksum_differs" });
  });
});

describe("a bundle is taken whose archive", () => {
  const entries = toEntries(bundleContents());
  const changeObject = (lies: object) =>
    buildZip({ entries: entries.map((entry) => (entry.name === objectEntry ? { ...entry, method: 0, ...lies } : entry)) });
  const object = entries.find(({ name }) => name === objectEntry)?.content ?? Buffer.alloc(0);
  const sizes = (width: 4 | 8): [number, 4 | 8][] => [
    [object.length, width],
    [object.length, width],
  ];

  it.each([
    ["has its entries in another order", () => buildZip({ entries: entries.toReversed() })],
    ["has its list of entries in another order than their data", () => {
      const data = entries.map((entry) => ({ ...entry, onlyLocal: true as const }));
      const endRecordSize = 22;
      const offsetOf = (index: number) => buildZip({ entries: data.slice(0, index) }).length - endRecordSize;
      const list = entries.map((entry, index) => ({ ...entry, onlyCentral: true as const, offset: offsetOf(index) }));
      const [first, ...others] = list.toReversed();
      return buildZip({ entries: [...data, ...others, ...(first === undefined ? [] : [first])] });
    }],
    ["has ZIP64 records without need", () => buildZip({ entries, zip64: true })],
    ["has comments on entries", () => changeObject({ comment: Buffer.from("seen") })],
    ["has folders", () => buildZip({ entries: [{ name: "data/", content: Buffer.alloc(0), method: 0, externalAttributes: 0x10 }, ...entries] })],
    ["marks names as UTF-8", () => changeObject({ flags: 1 << 11 })],
    ["has a Unicode path that agrees", () => {
      const path = Buffer.concat([Buffer.from([1]), numbers([crc32(objectEntry), 4]), Buffer.from(objectEntry)]);
      return changeObject({ centralExtra: extraField(0x7075, path), localExtra: extraField(0x7075, path) });
    }],
    ["has a descriptor without signature", () => changeObject({ descriptor: numbers([crc32(object), 4], ...sizes(4)) })],
    ["has a wide descriptor", () => changeObject({ descriptor: numbers([0x08074b50, 4], [crc32(object), 4], ...sizes(8)) })],
    ["has a wide descriptor without signature", () => changeObject({ descriptor: numbers([crc32(object), 4], ...sizes(8)) })],
    ["has sizes in ZIP64 fields without need", () => {
      const field = extraField(1, numbers(...sizes(8)));
      return changeObject({
        localExtra: field,
        local: { size: 0xffffffff, compressedSize: 0xffffffff },
      });
    }],
  ])("%s", async (_name, build) => {
    const read = await readBytes(build());
    expect(Object.values(read.objects)).toEqual([object.toString("base64")]);
    expect(read.rows["scopes"]).toHaveLength(2);
  });
});

const pythonStream = `
import os, sys, zipfile
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
with open(sys.argv[1], "wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
    for folder, _, names in os.walk("."):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), ".")
            with archive.open(path, "w", force_zip64=True) as entry: entry.write(open(path, "rb").read())
`;

async function packed(options: { createFolders?: boolean } = {}): Promise<JSZip> {
  const zip = new JSZip();
  for (const name of await filesIn(unpacked)) zip.file(name, await readWhole(join(unpacked, name)), options);
  return zip;
}

async function filesIn(root: string): Promise<string[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  return found.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name).slice(root.length + 1));
}
