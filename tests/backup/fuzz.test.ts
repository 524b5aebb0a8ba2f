import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { InvalidRowsError, type ImportAnalysis } from "@/backup";
import { BundleError } from "@/bundle";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, readEntries } from "../support/backup/bundle-file";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { takeSnapshot } from "../support/backup/snapshot";
import { mutate, mutation, type Mutation } from "../support/bundle/mutations";
import { checksumsOf, toEntries } from "../support/bundle/sample-bundle";
import { buildZip } from "../support/bundle/zip-builder";

/** PLAN_FUZZ_RUNS=10000 npx vitest run tests/backup/fuzz.test.ts takes some minutes. */
const runs = Number(process.env["PLAN_FUZZ_RUNS"] ?? 400);
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
  // Some are here with other values, and one under another id.
  await insertRows(target, { organizations: [sample.organizationRow(1, { name: "here" })], assets: [sample.assetRow(29, 1, { value: sample.assetRow(20, 1)["value"] })] });
  const file = await makeBundle(target.folder, { organizations, scopes: [sample.scopeRow(10, 1)], assets, vulnerabilities, files }, { [sample.uuid(60)]: content });
  bundle = await readFile(file);
  entries = await readEntries(file);
  plan = await target.preview(file);
});
afterAll(() => target.drop());

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
  "a bundle whose rows were changed and whose checksums agree is refused with a code, or planned",
  async () => {
    const before = await takeSnapshot(target);
    const names = [...entries.keys()].filter((name) => name.startsWith("data/"));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(mutation, { minLength: 1, maxLength: 1 }), async (name, mutations) => {
        const contents = new Map([...entries].filter(([other]) => other !== "checksums.json"));
        contents.set(name, changed(contents.get(name) ?? Buffer.alloc(0), mutations));
        contents.set("checksums.json", checksumsOf(contents));
        const outcome = await outcomeOf(buildZip({ entries: toEntries(contents) }));
        if (isRefusal(outcome)) refused += 1;
        else expect(Object.keys((outcome as ImportAnalysis).plan)).toEqual(Object.keys(plan.plan));
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
    expect(refused).toBeGreaterThan(runs / 8);
    expect(await takeSnapshot(target)).toEqual(before);
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
