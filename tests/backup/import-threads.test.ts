import { createHash, randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { exportedTables, type RowError, type TableDefinition } from "@/backup";
import { inOrder } from "@/backup/in-order";
import { StagedTable } from "@/backup/plan/staged-table";
import { BatchEncoder } from "@/backup/rows/encode-batch";
import { indexedLines, type LineForm, type Substitution } from "@/backup/rows/line-form";
import { RowEncoding } from "@/backup/rows/row-encoding";
import { openBundle, type Bundle } from "@/bundle";
import { seedInstallation } from "@/seed";

import { createInstallation, type Installation } from "../support/backup";
import { readEntries, rewriteBundle, sha256 } from "../support/backup/bundle-file";
import { takeSnapshot } from "../support/backup/snapshot";
import { threadsDuring } from "../support/backup/threads";

/** More than sixteen megabytes of rows, which is where threads begin. */
const manyRows = { organizations: 3, assets: 9_000, vulnerabilities: 16_000, files: 3, seed: "threads" };
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
    const results: Awaited<ReturnType<Installation["import"]>>[] = [];
    expect(await threadsDuring(async () => results.push(await target.import(bundle, "skip_existing"))), "only identified").toBe(availableParallelism() > 2 ? 2 : 1);
    const [again] = results;
    if (again === undefined) throw new Error("Nothing was imported");
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

  test.each(["online", "message"])("whose thread ends at its first %s is not imported", async (event) => {
    const before = await takeSnapshot(target);
    const endIt = (thread: Worker) => thread.once(event, () => void thread.terminate());
    await threadsDuring(() => expect(target.import(bundle, "merge")).rejects.toMatchObject({ code: "thread_lost" }), endIt);
    expect(await takeSnapshot(target)).toEqual(before);
    await target.import(bundle, "merge");
    expect(await rowsOf(await target.export())).toEqual(await rowsOf(bundle));
  });
});

test("who leaves in the middle ends its threads, and nothing is imported", async () => {
  const before = await takeSnapshot(target);
  const left = new AbortController();
  const leave = (thread: Worker) => thread.once("message", () => left.abort(new Error("left")));
  const importing = () => expect(target.import(bundle, "merge", { signal: left.signal })).rejects.toThrow("left");
  expect(await threadsDuring(importing, leave)).toBeGreaterThan(0);
  expect(await takeSnapshot(target)).toEqual(before);
});

/** What all batches of a table come to, put together. */
async function encodeTable(encoding: RowEncoding, opened: Bundle, table: TableDefinition, form: LineForm, isOrdered: boolean) {
  const staged = new StagedTable(table);
  const encoded = encoding.begin({ table, requiredColumns: ["id"], form });
  const lines = createHash("sha256");
  const errors: RowError[] = [];
  staged.beginReading();
  for await (const batch of inOrder(opened.rows(table.name), 8, (rows) => encoded.encode(rows))) {
    staged.note(batch);
    errors.push(...batch.errors);
    if (batch.errorCount === 0) for (const some of batch.lines) lines.update(some);
  }
  if (table.name === "asset_edges") expect(staged.idsAscend, "the odd bundle's descend once").toBe(isOrdered);
  const { rows, columns, idsAscend, unknownColumns, substitutedByNone } = staged;
  return { rows, columns, idsAscend, unknownColumns, substitutedByNone, errors, lines: lines.digest("hex") };
}

describe.each([1, 2, 3])("%d threads", (threads) => {
  /** Edges by their ids, which stand first in each row. */
  const ordered = () => rewriteBundle(bundle, ({ tables }) => void tables.get("asset_edges")?.sort());

  /** Ids that descend once, a fault in the very first batch, names that no table knows, late, and a column that only the first rows lack. */
  const odd = (): Promise<string> =>
    rewriteBundle(bundle, ({ tables }) => {
      const assets = tables.get("assets") ?? [];
      for (let row = 0; row < 400; row++) assets[row] = assets[row]?.replace(/"value":"[^"]*",/, '"value":7,') ?? "";
      assets[7_000] = assets[7_000]?.replace(/}$/, ',"colour":"red"}') ?? "";
      const vulnerabilities = tables.get("vulnerabilities") ?? [];
      for (let row = 0; row < 20; row++) vulnerabilities[row] = vulnerabilities[row]?.replace(/"scan_id":[^,]*,/, "") ?? "";
      const edges = tables.get("asset_edges") ?? [];
      edges.sort();
      const [first = "", second = ""] = [edges[5_000], edges[5_001]];
      edges[5_000] = second;
      edges[5_001] = first;
    });

  test("come to the same as none", async () => {
    const users: Substitution = { by: "itself where known", known: new Set([target.adminId]) };
    const forms: LineForm[] = [
      indexedLines,
      { ...indexedLines, leaveOut: { from: 10, columns: new Set(["metadata", "source_plugin"]) } },
      { ...indexedLines, only: Uint8Array.from({ length: 20_000 }, (_, index) => (index % 7 === 0 ? 1 : 0)) },
      { ...indexedLines, indexed: false, substitutions: new Map<string, Substitution>([["created_by", users], ["scan_id", { by: "none" }]]) },
    ];
    const sound = await ordered();
    for (const file of [sound, await odd()]) {
      const opened = await openBundle(file);
      const [onThreads, here] = [new RowEncoding(threads), new RowEncoding(0)];
      try {
        for (const table of exportedTables) {
          for (const form of forms) {
            // Rows 5,000 and 5,001 are in one order where both are taken.
            const isOrdered = file === sound || form.only !== null;
            const what = `${table.name}, form ${forms.indexOf(form)}, ${file === sound ? "sound" : "odd"}`;
            expect(await encodeTable(onThreads, opened, table, form, isOrdered), what).toEqual(await encodeTable(here, opened, table, form, isOrdered));
          }
        }
      } finally {
        await onThreads.end();
        await opened.close();
      }
    }
  });
});

/** Each comes in parts and goes on alone. The first of them is the longest, which alone fills the buffer that it is put together in. */
const withLargeRows = (count: number): Promise<string> =>
  rewriteBundle(fewRows, ({ tables }) => {
    const assets = tables.get("assets") ?? [];
    for (let row = 1; row <= count; row++) {
      const value = randomBytes(610_000 - row * 500).toString("hex");
      assets[row] = assets[row]?.replace(/"value":"[^"]*"/, `"value":"${value}"`) ?? "";
    }
  });

test.each([
  ["where they are read", 10, false],
  ["on threads", 19, true],
])("rows of more than a megabyte arrive as they are, encoded %s", async (_where, count, onThreads) => {
  const large = await withLargeRows(count);
  expect((await threadsDuring(() => target.import(large, "merge"))) > 0).toBe(onThreads);
  const { rows } = await target.pool.query("SELECT FROM assets WHERE length(value) >= 1200000");
  expect(rows).toHaveLength(count);
  expect(await rowsOf(await target.export())).toEqual(await rowsOf(large));
});

test("a row of more than a megabyte that waits for a thread is what it was", async () => {
  const opened = await openBundle(await withLargeRows(3));
  const [table] = exportedTables.filter(({ name }) => name === "assets");
  if (table === undefined) throw new Error("There are no assets");
  const alone = createHash("sha256");
  let index = 0;
  for await (const rows of opened.rows("assets")) {
    for (const row of rows) {
      const encoder = new BatchEncoder({ table, requiredColumns: ["id"], form: indexedLines });
      const ends = Uint32Array.of(row.length);
      for (const some of encoder.encode({ firstRow: index++, bytes: Uint8Array.from(row), ends, columns: null }).lines) alone.update(some);
    }
  }
  // It has just been started: the first row's answer, which the others wait for, takes its time.
  const encoding = new RowEncoding(1);
  try {
    const { errors, lines } = await encodeTable(encoding, opened, table, indexedLines, true);
    expect(errors).toEqual([]);
    expect(lines).toBe(alone.digest("hex"));
  } finally {
    await encoding.end();
    await opened.close();
  }
});

test("a bundle of few rows does without threads", async () => {
  expect(await threadsDuring(() => target.import(fewRows, "merge"))).toBe(0);
});
