import { truncateSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openBundle } from "@/bundle";

import { threadsDuring } from "../support/backup/threads";
import { bundleContents, sampleData, sampleManifest, sha256, toEntries, type Contents } from "../support/bundle/sample-bundle";
import { buildZip } from "../support/bundle/zip-builder";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
  path = join(folder, "bundle.zip");
});
afterAll(() => rm(folder, { recursive: true }));

/** Each is a run by itself: the first is verified where the bundle is opened, the second on the thread. */
const first = "data/assets.json";
const second = "data/vulnerabilities.json";
const rows = 70_000;
const row = `{"id":"${"x".repeat(980)}"}`;
/** Together, more than 128 MiB, which is where a thread begins. */
const largeTable = Buffer.from(`[\n${Array.from({ length: rows }, () => row).join(",\n")}\n]\n`);

/** Within a text in the middle. */
const middle = 2 + (rows / 2) * (row.length + 2) + 100;

const largeContents = () => contentsOf(largeTable, largeTable, { assets: rows, vulnerabilities: rows });

function contentsOf(one: Buffer, other: Buffer, counts: Record<string, number>): Contents {
  const data = new Map([[first, one], [second, other], ...sampleData()]);
  const manifest = sampleManifest();
  Object.assign(manifest.tables, counts);
  return bundleContents({ data, manifest });
}

async function write(contents: Contents): Promise<void> {
  await writeFile(path, buildZip({ entries: toEntries(contents).map((entry) => ({ ...entry, method: 0 })) }));
}

/** The table with one of its rows' bytes changed. */
function damaged(at: number, to: string): Buffer {
  const bytes = Buffer.from(largeTable);
  bytes.write(to, at);
  return bytes;
}

async function open(signal?: AbortSignal): Promise<void> {
  const bundle = await openBundle(path, { signal });
  await bundle.close();
}

/** One core has none, and nothing that a thread could do to be seen. */
const threads = availableParallelism() === 1 ? 0 : 1;

it("a small bundle starts no thread", async () => {
  await write(bundleContents());
  expect(await threadsDuring(open)).toBe(0);
});

describe("a large bundle", () => {
  it("is verified on a thread as well, and comes to what it is", async () => {
    const contents = largeContents();
    await write(contents);
    let bytes = 0;
    const work = async () => {
      const bundle = await openBundle(path, { onProgress: (done) => (bytes = done.bytes) });
      const sums = [...contents].filter(([name]) => name !== "checksums.json").map(([name, content]) => JSON.stringify([name, sha256(content)]));
      expect(bundle.contentSha256).toBe(sha256(Buffer.from(sums.sort().join(""))));
      for (const table of ["assets", "vulnerabilities"]) {
        let found = 0;
        for await (const some of bundle.rows(table)) found += some.filter((one) => one.equals(Buffer.from(row))).length;
        expect(found).toBe(rows);
      }
      await bundle.close();
    };
    expect(await threadsDuring(work)).toBe(threads);
    expect(bytes).toBeGreaterThan(2 * largeTable.length);
  });

  it("is refused for what the thread finds, with its place", async () => {
    const contents = largeContents();
    contents.set(second, damaged(middle, "y"));
    await write(contents);
    expect(await threadsDuring(() => expect(open()).rejects.toMatchObject({ name: "BundleError", code: "checksum_differs", entry: second }))).toBe(threads);

    await write(contentsOf(largeTable, damaged(2 + 7 * (row.length + 2), "["), { assets: rows, vulnerabilities: rows }));
    await expect(open()).rejects.toMatchObject({ code: "json_invalid", entry: second, row: 7 });

    await write(contentsOf(largeTable, largeTable, { assets: rows, vulnerabilities: rows + 1 }));
    await expect(open()).rejects.toMatchObject({ code: "row_count_differs", entry: second, message: expect.stringContaining(`has ${rows} rows`) as string });
  });

  it("is refused for what comes first in it, whatever is found first", async () => {
    // The second fails at its first byte, the first at its last.
    const contents = contentsOf(damaged(largeTable.length - 2, "x"), damaged(0, "x"), { assets: rows, vulnerabilities: rows });
    await write(contents);
    expect(await threadsDuring(() => expect(open()).rejects.toMatchObject({ code: "json_invalid", entry: first, row: rows }))).toBe(threads);
    // And the other way round, where the second is stopped.
    await write(contentsOf(damaged(0, "x"), damaged(largeTable.length - 2, "x"), { assets: rows, vulnerabilities: rows }));
    await expect(open()).rejects.toMatchObject({ code: "json_invalid", entry: first, row: 0 });
  });

  it.skipIf(threads === 0)("is verified without its thread where that is lost, before it has begun or in the middle of a run", async () => {
    const contents = largeContents();
    await write(contents);
    expect(await threadsDuring(open, (thread) => void thread.terminate())).toBe(1);
    // What a lost thread was at counts for nothing: the fault is found.
    contents.set(second, damaged(largeTable.length - 200, "y"));
    await write(contents);
    const refused = () => expect(open()).rejects.toMatchObject({ code: "checksum_differs", entry: second });
    expect(await threadsDuring(refused, (thread) => void thread.terminate())).toBe(1);
    let answers = 0;
    const lose = (thread: Worker) => {
      thread.on("message", () => (answers += 1));
      thread.once("online", () => void sleep(20).then(() => thread.terminate()));
    };
    expect(await threadsDuring(refused, lose)).toBe(1);
    expect(answers, "runs that it verified before").toBe(0);
  });

  it.skipIf(threads === 0)("that is another by now is no bundle, and no thread is left", async () => {
    await write(largeContents());
    const cut = (thread: Worker) => void thread.once("online", () => truncateSync(path, 1_000_000));
    expect(await threadsDuring(() => expect(open()).rejects.toThrow("The file became shorter while it was read."), cut)).toBe(1);
  });

  it.skipIf(threads === 0)("has the thread to itself: another at the same time does without", async () => {
    await write(largeContents());
    expect(await threadsDuring(() => Promise.all([open(), open(), open()]))).toBe(1);
    expect(await threadsDuring(open), "afterwards").toBe(1);
  });

  it.skipIf(threads === 0)("is let go of when its reader leaves, here and on the thread", async () => {
    await write(largeContents());
    const left = new AbortController();
    let answers = 0;
    const leave = (thread: Worker) => {
      thread.on("message", () => (answers += 1));
      thread.once("online", () => left.abort(new Error("The client has left")));
    };
    expect(await threadsDuring(() => expect(open(left.signal)).rejects.toThrow("The client has left"), leave)).toBe(1);
    expect(answers, "runs that the thread still verified").toBe(0);
  });
});
