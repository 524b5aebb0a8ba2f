import { readdir } from "node:fs/promises";
import type { Worker } from "node:worker_threads";

import { afterAll, beforeAll, expect, test } from "vitest";

import { copyOut } from "@/backup/rows/copy-out";
import { LineBuffers } from "@/backup/rows/line-buffers";
import { RowThread } from "@/backup/rows/row-thread";
import { TableExport } from "@/backup/rows/table-export";
import { inTransaction } from "@/backup/rows/transaction";
import { exportedColumns } from "@/backup/tables";
import { seedInstallation } from "@/seed";

import { allOptions, createInstallation, type Exported, type Installation } from "../support/backup";
import { readEntries, sha256 } from "../support/backup/bundle-file";
import { threadsDuring } from "../support/backup/threads";

/** A database of more than 24 MiB, which is where the thread begins. */
const manyRows = { organizations: 3, assets: 12_000, vulnerabilities: 24_000, files: 3, seed: "export threads" };

let here: Installation;
beforeAll(async () => {
  here = await createInstallation();
  await seedInstallation(manyRows, here);
});
afterAll(() => here.drop());

/** Of every table, a hash of what its data file is when no thread makes it, and the values that were secrets. */
async function madeHere(tables: readonly string[]) {
  const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  return inTransaction(here.pool, begin, new AbortController().signal, async ({ client }) => {
    const hashes: Record<string, string> = {};
    const removed: Record<string, number> = {};
    for (const table of tables) {
      const exported = new TableExport(table);
      for await (const lines of copyOut(client, table, Object.keys(exportedColumns(table)), new LineBuffers())) {
        for (const [column, count] of exported.push(lines).removed) removed[`${table}.${column}`] = (removed[`${table}.${column}`] ?? 0) + count;
      }
      hashes[`data/${table}.json`] = exported.end().table?.sha256 ?? "";
    }
    return { hashes, removed };
  });
}

test("an export of many rows reads them on a thread, which makes what is made without one", async () => {
  const exporting: Exported[] = [];
  expect(await threadsDuring(async () => exporting.push(await here.exportWith(allOptions)))).toBe(1);
  const [exported] = exporting;
  if (exported === undefined) throw new Error("Nothing was exported");
  const entries = [...(await readEntries(exported.path))].filter(([name]) => name.startsWith("data/"));
  const { hashes, removed } = await madeHere(Object.keys(exported.counts));
  expect(Object.fromEntries(entries.map(([name, content]) => [name, sha256(content)]))).toEqual(hashes);
  const warned = exported.warnings.filter(({ code, table }) => code === "secrets_removed" && table !== "settings");
  expect(Object.fromEntries(warned.map(({ table, column, count }) => [`${table}.${column}`, count]))).toEqual(removed);
  expect(exported.counts).toMatchObject({ assets: 12_000, vulnerabilities: 24_000 });
});

test("an export of few rows needs none", async () => {
  const few = await createInstallation();
  await seedInstallation({ organizations: 1, assets: 20, vulnerabilities: 10, files: 1, seed: "no threads" }, few);
  expect(await threadsDuring(() => few.export())).toBe(0);
  await few.drop();
});

test.each(["online", "message"])("an export whose thread ends at its first %s fails, and the next one does not", async (event) => {
  const endIt = (thread: Worker) => thread.once(event, () => void thread.terminate());
  expect(await threadsDuring(() => expect(here.export()).rejects.toMatchObject({ code: "thread_lost" }), endIt)).toBe(1);
  const exported = await here.export();
  expect(await readdir(here.folder)).toContain(exported.split("/").at(-1));
});

test("a defect on the thread is told as what it is, to whatever was asked", async () => {
  const thread = new RowThread();
  thread.beginExport("assets");
  const asked = [thread.push(linesOf("x\n")), thread.push(linesOf("y\n"))];
  for (const outcome of await Promise.allSettled(asked)) {
    expect(outcome).toEqual({ status: "rejected", reason: new Error("A row is not what its columns say") });
    expect(outcome).not.toHaveProperty("reason.code");
  }
  await expect(thread.push(linesOf("z\n"))).rejects.toThrow("A row is not what its columns say");
});

function linesOf(text: string): Buffer<ArrayBuffer> {
  const lines = Buffer.allocUnsafeSlow(text.length);
  lines.write(text);
  return lines;
}

test("who leaves in the middle ends the thread", async () => {
  const left = new AbortController();
  const leave = (thread: Worker) => thread.once("message", () => left.abort(new Error("left")));
  const exporting = () => expect(here.exportWith({}, { signal: left.signal })).rejects.toThrow("left");
  expect(await threadsDuring(exporting, leave)).toBe(1);
});

test("a sink that fails in the middle of a table fails the export at once, however much is still to be read", async () => {
  const fail = (bytesWritten: number) => {
    if (bytesWritten > 100_000) throw new Error("no room");
  };
  await expect(here.exportWith({}, { beforeWrite: fail })).rejects.toThrow("no room");
  expect(here.pool.totalCount).toBe(here.pool.idleCount);
  await here.export();
});
