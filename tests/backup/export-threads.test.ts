import { readdir } from "node:fs/promises";
import type { Worker } from "node:worker_threads";

import { afterAll, beforeAll, expect, test } from "vitest";

import { copyOut } from "@/backup/rows/copy-out";
import { ExportThreads } from "@/backup/rows/export-threads";
import { JsonBuffers } from "@/backup/rows/json-buffers";
import { LineBuffers } from "@/backup/rows/line-buffers";
import { RowThread } from "@/backup/rows/row-thread";
import { TableExportHere, TableExportOnThreads } from "@/backup/rows/table-export";
import { threadLost } from "@/backup/rows/thread-lost";
import { inTransaction } from "@/backup/rows/transaction";
import { exportedColumns, rowOrder } from "@/backup/tables";
import { BundleError, defaultLimits, PackThread } from "@/bundle";
import { seedInstallation } from "@/seed";

import { allOptions, createInstallation, type Exported, type Installation } from "../support/backup";
import { readEntries, sha256 } from "../support/backup/bundle-file";
import { threadsDuring } from "../support/backup/threads";

/** A database of more than 24 MiB, which is where threads begin. */
const manyRows = { organizations: 3, assets: 12_000, vulnerabilities: 24_000, files: 3, seed: "export threads" };

let here: Installation;
beforeAll(async () => {
  here = await createInstallation();
  await seedInstallation(manyRows, here);
  // Rows that are large, and those that become many times as large as their lines.
  await here.pool.query("UPDATE vulnerabilities SET evidence = jsonb_build_object('output', repeat('x', 3000000)) WHERE id = (SELECT id FROM vulnerabilities ORDER BY id LIMIT 1 OFFSET 300)");
  await here.pool.query("UPDATE vulnerabilities SET description = repeat(chr(1), 100000) WHERE id IN (SELECT id FROM vulnerabilities ORDER BY id LIMIT 20 OFFSET 900)");
});
afterAll(() => here.drop());

const selectionOf = (table: string) => ({ columns: Object.keys(exportedColumns(table)), order: rowOrder(table) });

/** Of every table, a hash of what its data file is when no threads make it, and the values that were secrets. */
async function madeHere(tables: readonly string[]) {
  const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  return inTransaction(here.pool, begin, new AbortController().signal, async ({ client }) => {
    const hashes: Record<string, string> = {};
    const removed: Record<string, number> = {};
    for (const table of tables) {
      const buffers = { lines: new LineBuffers(), json: new JsonBuffers() };
      const exported = new TableExportHere(table, buffers);
      for await (const lines of copyOut(client, table, selectionOf(table), buffers.lines)) {
        for (const [column, count] of (await exported.push(lines)).removed) removed[`${table}.${column}`] = (removed[`${table}.${column}`] ?? 0) + count;
      }
      hashes[`data/${table}.json`] = (await exported.end()).table?.sha256 ?? "";
    }
    return { hashes, removed };
  });
}

test("an export of many rows writes and packs them on two threads, which make what is made without them", async () => {
  const exporting: Exported[] = [];
  expect(await threadsDuring(async () => exporting.push(await here.exportWith(allOptions)))).toBe(2);
  const [exported] = exporting;
  if (exported === undefined) throw new Error("Nothing was exported");
  const entries = [...(await readEntries(exported.path))].filter(([name]) => name.startsWith("data/"));
  const { hashes, removed } = await madeHere(Object.keys(exported.counts));
  expect(Object.fromEntries(entries.map(([name, content]) => [name, sha256(content)]))).toEqual(hashes);
  const warned = exported.warnings.filter(({ code, table }) => code === "secrets_removed" && table !== "settings");
  expect(Object.fromEntries(warned.map(({ table, column, count }) => [`${table}.${column}`, count]))).toEqual(removed);
  expect(exported.counts).toMatchObject({ assets: 12_000, vulnerabilities: 24_000 });
});

test("buffers of rows go round, also from one table to the next", async () => {
  const threads = ExportThreads.start();
  const lineBuffers = new LineBuffers();
  const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  await inTransaction(here.pool, begin, new AbortController().signal, async ({ client }) => {
    for (const table of ["organizations", "scopes", "files"]) {
      const exported = new TableExportOnThreads(table, threads, lineBuffers);
      for await (const lines of copyOut(client, table, selectionOf(table), lineBuffers)) await exported.push(lines);
      expect((await exported.end()).table?.rows).toBeGreaterThan(0);
      expect(threads.spare).toHaveLength(1);
    }
  });
  await threads.end();
  expect(threads.spare).toEqual([]);
});

test("an export of few rows needs none", async () => {
  const few = await createInstallation();
  await seedInstallation({ organizations: 1, assets: 20, vulnerabilities: 10, files: 1, seed: "no threads" }, few);
  expect(await threadsDuring(() => few.export())).toBe(0);
  await few.drop();
});

test.each([
  [0, "online"],
  [0, "message"],
  [1, "online"],
  [1, "message"],
])("an export whose thread %i ends at its first %s fails, and the next one does not", async (which, event) => {
  let begun = 0;
  const endIt = (thread: Worker) => {
    if (begun++ === which) thread.once(event, () => void thread.terminate());
  };
  expect(await threadsDuring(() => expect(here.export()).rejects.toMatchObject({ code: "thread_lost" }), endIt)).toBe(2);
  const exported = await here.export();
  expect(await readdir(here.folder)).toContain(exported.split("/").at(-1));
});

test("a defect on the thread that packs is told as what it is, to whatever was asked", async () => {
  const thread = new PackThread(threadLost);
  thread.begin("assets");
  const asked = [thread.push(linesOf("no row")), thread.finish()];
  for (const outcome of await Promise.allSettled(asked)) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { name: "RangeError", message: expect.stringContaining("data/assets.json: row 0") } });
  }
  await expect(thread.push(linesOf("no row"))).rejects.toThrow("data/assets.json: row 0");
});

test("a defect on the thread that writes is told as what it is, to whatever was asked", async () => {
  const thread = new RowThread();
  thread.beginExport("assets");
  const asked = [thread.write(linesOf("x\n"), []), thread.write(linesOf("y\n"), [])];
  for (const outcome of await Promise.allSettled(asked)) {
    expect(outcome).toEqual({ status: "rejected", reason: new Error("A row is not what its columns say") });
    expect(outcome).not.toHaveProperty("reason.code");
  }
  await expect(thread.write(linesOf("z\n"), [])).rejects.toThrow("A row is not what its columns say");
});

function linesOf(text: string): Buffer<ArrayBuffer> {
  const lines = Buffer.allocUnsafeSlow(text.length);
  lines.write(text);
  return lines;
}

test("a row that no reader would take fails the export as the bundle's error that it is", async () => {
  const setLast = (evidence: string) => here.pool.query("UPDATE vulnerabilities SET evidence = $1 WHERE id = (SELECT id FROM vulnerabilities ORDER BY organization_id DESC, asset_id DESC, id DESC LIMIT 1)", [evidence]);
  await setLast(JSON.stringify({ output: "x".repeat(defaultLimits.row) }));
  try {
    const failure = await here.export().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BundleError);
    expect(failure).toMatchObject({ code: "row_too_large", entry: "data/vulnerabilities.json", row: 23_999 });
  } finally {
    await setLast("{}");
  }
});

test("who leaves in the middle ends the threads", async () => {
  const left = new AbortController();
  const leave = (thread: Worker) => thread.once("message", () => left.abort(new Error("left")));
  const exporting = () => expect(here.exportWith({}, { signal: left.signal })).rejects.toThrow("left");
  expect(await threadsDuring(exporting, leave)).toBe(2);
});

test("a sink that fails in the middle of a table fails the export at once, however much is still to be read", async () => {
  const fail = (bytesWritten: number) => {
    if (bytesWritten > 100_000) throw new Error("no room");
  };
  await expect(here.exportWith({}, { beforeWrite: fail })).rejects.toThrow("no room");
  expect(here.pool.totalCount).toBe(here.pool.idleCount);
  await here.export();
});
