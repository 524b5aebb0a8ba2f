import type { Worker } from "node:worker_threads";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { seedInstallation } from "@/seed";

import { createInstallation, type Installation } from "../support/backup";
import { readEntries, rewriteBundle, sha256 } from "../support/backup/bundle-file";
import { takeSnapshot } from "../support/backup/snapshot";

/** More than eight megabytes of rows, which is where threads begin. */
const manyRows = { organizations: 3, assets: 9_000, vulnerabilities: 7_000, files: 3, seed: "threads" };
/** Far behind what one batch holds, so that another thread, or another batch, has it than the first row. */
const faultyRow = 6_500;

let source: Installation;
let target: Installation;
let bundle: string;
let fewRows: string;
beforeAll(async () => {
  source = await createInstallation();
  target = await createInstallation();
  await seedInstallation({ organizations: 1, assets: 20, vulnerabilities: 10, files: 1, seed: "no threads" }, source);
  fewRows = await source.export();
  await source.clear();
  await seedInstallation(manyRows, source);
  bundle = await source.export();
});
beforeEach(() => target.clear());
afterAll(async () => {
  await source.drop();
  await target.drop();
});

/** The threads that begin while work runs. */
async function threadsDuring(work: () => Promise<unknown>, onThread: (thread: Worker) => void = () => undefined): Promise<number> {
  let begun = 0;
  const count = (thread: Worker) => {
    begun += 1;
    onThread(thread);
  };
  process.on("worker", count);
  try {
    await work();
    return begun;
  } finally {
    process.off("worker", count);
  }
}

/** A hash of each of a bundle's tables; whom a column names is another user in every installation. */
async function rowsOf(file: string): Promise<Record<string, string>> {
  const users = /"(created_by|approved_by|assigned_to|resolved_by|user_id)":("[^"]*"|null)/g;
  const tables = [...(await readEntries(file))].filter(([name]) => name.startsWith("data/") && name !== "data/organization_members.json");
  return Object.fromEntries(tables.map(([name, content]) => [name, sha256(Buffer.from(content.toString().replaceAll(users, '"$1":null')))]));
}

describe("a bundle of many rows", () => {
  test("is encoded on threads, in every way in which rows are staged, and comes to what a small one does", async () => {
    expect(await threadsDuring(() => target.preview(bundle)), "a preview of an empty installation").toBeGreaterThan(0);
    const { plan } = await target.preview(bundle);
    expect(await threadsDuring(() => target.import(bundle, "merge")), "straight into tables").toBeGreaterThan(0);
    expect(await rowsOf(await target.export())).toEqual(await rowsOf(bundle));
    expect(plan.merge.tables["assets"]).toMatchObject({ insert: 9_000, update: 0 });

    await target.pool.query("DELETE FROM asset_edges WHERE id IN (SELECT id FROM asset_edges ORDER BY id LIMIT 3000 OFFSET 5000)");
    await target.pool.query("UPDATE assets SET source_plugin = 'changed here' WHERE id IN (SELECT id FROM assets ORDER BY id LIMIT 10 OFFSET 8000)");
    const again = await target.import(bundle, "skip_existing");
    expect(again.plan.tables["asset_edges"], "read twice: once to know which are new, once in full").toMatchObject({ insert: 3_000 });
    expect(again.plan.tables["assets"]).toMatchObject({ insert: 0, skip: 9_000 });
    const merged = await target.import(bundle, "merge");
    expect(merged.plan.tables["assets"]).toMatchObject({ update: 10, unchanged: 8_990 });
    expect(await rowsOf(await target.export())).toEqual(await rowsOf(bundle));
  });

  test("with faulty rows is refused with their indexes, columns and reasons", async () => {
    const faulty = await rewriteBundle(bundle, ({ tables }) => {
      const assets = tables.get("assets") ?? [];
      assets[faultyRow] = assets[faultyRow]?.replace(/"type":"\w+"/, '"type":"spaceship"') ?? "";
      assets[faultyRow + 1] = assets[faultyRow + 1]?.replace(/"value":"[^"]*",/, "") ?? "";
    });
    const before = await takeSnapshot(target);
    await expect(target.import(faulty, "merge")).rejects.toMatchObject({
      code: "invalid_rows",
      count: 2,
      errors: [
        { code: "value_invalid", table: "assets", row: faultyRow, column: "type" },
        { code: "column_missing", table: "assets", row: faultyRow + 1, column: "value" },
      ],
    });
    expect(await takeSnapshot(target)).toEqual(before);
  });

  test("whose thread ends is not imported", async () => {
    const before = await takeSnapshot(target);
    const endIt = (thread: Worker) => thread.once("online", () => void thread.terminate());
    await threadsDuring(() => expect(target.import(bundle, "merge")).rejects.toThrow("An encoding thread has ended"), endIt);
    expect(await takeSnapshot(target)).toEqual(before);
    await target.import(bundle, "merge");
    expect(await rowsOf(await target.export())).toEqual(await rowsOf(bundle));
  });
});

test("a bundle of few rows does without threads", async () => {
  expect(await threadsDuring(() => target.import(fewRows, "merge"))).toBe(0);
});
