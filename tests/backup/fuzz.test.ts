import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import { conflictModes, InvalidRowsError, type ImportAnalysis } from "@/backup";
import { BundleError } from "@/bundle";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, readEntries } from "../support/backup/bundle-file";
import { importChecked } from "../support/backup/checked-import";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { takeSnapshot } from "../support/backup/snapshot";
import { mutate, mutation, type Mutation } from "../support/bundle/mutations";
import { checksumsOf, toEntries } from "../support/bundle/sample-bundle";
import { buildZip } from "../support/bundle/zip-builder";

/** PLAN_FUZZ_RUNS=10000 npx vitest run tests/backup/fuzz.test.ts takes some minutes. */
const runs = Number(process.env["PLAN_FUZZ_RUNS"] ?? 400);
const rowsSchema = z.array(z.record(z.string(), z.unknown()));
/** Put into rows, beside the values that are in others. */
const oddValues: readonly unknown[] = [null, true, 0, -1, 1e6, "", "x", "é".repeat(300), [], {}, ["one"], { token: null }, sample.uuid(998), "2024-02-30T00:00:00Z"];

/** Of those that are planned: an import and another one that changes nothing take a second. */
const imported = 12;
const timeout = 60_000 + runs * 200;

const content = Buffer.from("found by hand, found by hand, found by hand");
let target: Installation;
let bundle: Buffer;
let entries: Map<string, Buffer>;
let plan: ImportAnalysis;

beforeAll(async () => {
  target = await createInstallation();
  const organizations = [sample.organizationRow(1), sample.organizationRow(2, { settings: { deep: [{ token: null, n: 1 }] } })];
  const assets = [sample.assetRow(20, 1), sample.assetRow(21, 2)];
  const files = [sample.fileRow(60, 1, content, { object_key: "files/60" })];
  const vulnerabilities = [sample.vulnerabilityRow(50, 1, 20), sample.vulnerabilityRow(51, 2, 21)];
  await insertHere();
  const file = await makeBundle(target.folder, { organizations, scopes: [sample.scopeRow(10, 1)], assets, vulnerabilities, files }, { [sample.uuid(60)]: content });
  bundle = await readFile(file);
  entries = await readEntries(file);
  plan = await target.preview(file);
});
afterAll(() => target.drop());

/** Some rows of the bundle, with other values, and one under another id. */
async function insertHere(): Promise<void> {
  await insertRows(target, { organizations: [sample.organizationRow(1, { name: "here" })], assets: [sample.assetRow(29, 1, { value: sample.assetRow(20, 1)["value"] })] });
}

test(
  "a bundle whose bytes were changed is refused with a code, or plans just the same",
  async () => {
    const before = await takeSnapshot(target);
    let planned = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 2 }), async (mutations) => {
        const outcome = await outcomeOf(changed(bundle, mutations));
        if (isRefusal(outcome)) return;
        planned += 1;
        expect(outcome).toEqual(plan);
      }),
      { numRuns: runs },
    );
    expect(planned).toBeGreaterThan(0);
    expect(await takeSnapshot(target)).toEqual(before);
  },
  timeout,
);

test(
  "a bundle whose rows have other values is refused with a code, or imported as planned",
  async () => {
    const tables = new Map([...entries].filter(([name]) => name.startsWith("data/")).map(([name, text]) => [name, rowsSchema.parse(JSON.parse(String(text)))]));
    const values = [...oddValues, ...[...tables.values()].flat().flatMap((row) => Object.values(row))];
    const change = fc.record({ table: fc.constantFrom(...tables.keys()), row: fc.nat(), column: fc.nat(), value: fc.constantFrom(...values) });
    let invalid = 0;
    let planned = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const contents = new Map([...entries].filter(([name]) => name !== "checksums.json"));
        const changed = structuredClone(tables);
        for (const { table, row, column, value } of changes) {
          const rows = changed.get(table) ?? [];
          const chosen = rows[row % Math.max(1, rows.length)] ?? {};
          const names = Object.keys(chosen);
          chosen[names[column % Math.max(1, names.length)] ?? "none"] = value;
          contents.set(table, Buffer.from(JSON.stringify(rows)));
        }
        contents.set("checksums.json", checksumsOf(contents));
        const outcome = await outcomeOf(buildZip({ entries: toEntries(contents) }));
        if (outcome instanceof InvalidRowsError) invalid += 1;
        if (isRefusal(outcome)) return;
        planned += 1;
        if (planned > imported) return;
        const mode = conflictModes[planned % conflictModes.length] ?? "merge";
        await importChecked(target, path.join(target.folder, "changed.zip"), mode);
        await target.clear();
        await insertHere();
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
    expect(invalid).toBeGreaterThan(runs / 20);
    expect(planned).toBeGreaterThan(imported);
  },
  timeout,
);

async function outcomeOf(bytes: Buffer): Promise<unknown> {
  const file = path.join(target.folder, "changed.zip");
  await writeFile(file, bytes);
  return target.preview(file).catch((error: unknown) => error);
}

/** Anything else that was thrown is a defect. */
function isRefusal(outcome: unknown): boolean {
  if (outcome instanceof BundleError || outcome instanceof InvalidRowsError) return true;
  if (outcome instanceof Error) throw outcome;
  return false;
}

function changed(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  return mutations.reduce((some, mutation) => mutate(some, mutation, [bundle]), bytes);
}
