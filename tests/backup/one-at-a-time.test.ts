import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { conflictModes, type ConflictMode } from "@/backup";

import { addUser, createInstallation, type Installation } from "../support/backup";
import { makeBundle, sha256, type Rows } from "../support/backup/bundle-file";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { takeSnapshot } from "../support/backup/snapshot";

const { uuid } = sample;
let target: Installation;
let bundle: string;

const theirs: Rows = {
  organizations: [sample.organizationRow(1, { description: "theirs" })],
  assets: [sample.assetRow(20, 1, { metadata: { theirs: 1 } }), sample.assetRow(21, 1)],
  scans: [sample.scanRow(40, 1)],
  vulnerabilities: [sample.vulnerabilityRow(50, 1, 20, { scan_id: uuid(404), assigned_to: sample.stranger })],
  files: [sample.fileRow(60, 1, Buffer.from("x"))],
};

beforeAll(async () => {
  target = await createInstallation();
  bundle = await makeBundle(target.folder, theirs, { [uuid(60)]: Buffer.from("x") });
});
beforeEach(async () => {
  await target.clear();
  await insertRows(target, { organizations: [sample.organizationRow(1)], assets: [sample.assetRow(20, 1)] });
});
afterAll(() => target.drop());

describe("two imports at once", () => {
  test("one works, the other is told at once, and previews and exports go on beside it", async () => {
    const held = gate();
    const first = target.import(bundle, "merge", { beforeCommit: () => held.wait() });
    await held.reached;
    const before = await takeSnapshot(target);
    await expect(target.import(bundle, "merge")).rejects.toMatchObject({ code: "import_running", message: expect.stringMatching(/^Another import/) as string });
    const preview = await target.preview(bundle);
    expect(preview.plan.merge.tables["assets"]).toMatchObject({ insert: 1, update: 1 });
    await target.export();
    // Nobody sees half an import; only its objects are there, and its journal says so.
    expect((await takeSnapshot(target)).rows).toEqual(before.rows);
    held.open();
    await expect(first).resolves.toMatchObject({ conflict_mode: "merge" });
    await expect(target.import(bundle, "merge")).resolves.toMatchObject({ plan: { tables: { assets: { insert: 0, update: 0 } } } });
  });

  test("started together, each ends well or is told that the other runs", async () => {
    const imports = await Promise.allSettled([1, 2, 3].map(() => target.import(bundle, "merge")));
    const refused = imports.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeLessThan(3);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: "import_running" } });
  });

  test("one that fails makes room for the next", async () => {
    await expect(target.import(bundle, "merge", { beforeCommit: () => Promise.reject(new Error("no")) })).rejects.toThrow("no");
    await target.import(bundle, "merge");
  });

  test("a scanner that writes meanwhile waits, and its rows are there afterwards", async () => {
    const held = gate();
    const first = target.import(bundle, "merge", { beforeCommit: () => held.wait() });
    await held.reached;
    const writing = insertRows(target, { assets: [sample.assetRow(25, 1)] });
    held.open();
    await Promise.all([first, writing]);
    expect((await target.pool.query("SELECT FROM assets")).rowCount).toBe(3);
  });
});

test("an import waits for a scanner's transaction and sees what it wrote", async () => {
  const scanner = await target.pool.connect();
  try {
    await scanner.query("BEGIN");
    await scanner.query("UPDATE assets SET metadata = '{\"scanned\": 1}'");
    const importing = target.import(bundle, "skip_existing");
    await waitForLock();
    await scanner.query("INSERT INTO assets (organization_id, type, value, normalized_value) VALUES ($1, 'domain', 'x', $2)", [
      uuid(1),
      "asset-21.example",
    ]);
    await scanner.query("COMMIT");
    expect((await importing).plan.tables["assets"]).toMatchObject({ insert: 0, skip: 2, remapped: 1 });
  } finally {
    scanner.release();
  }
});

async function waitForLock(): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { rowCount } = await target.pool.query(
      `SELECT FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    if (rowCount !== 0) return;
    await sleep(20);
  }
  throw new Error("No import waits for the tables");
}

describe("the plan's digest", () => {
  test("is the same in two previews and in the import, another for each mode and bundle", async () => {
    const [first, second] = [await target.preview(bundle), await target.preview(bundle)];
    const digests = conflictModes.map((mode) => first.plan[mode].digest);
    expect(conflictModes.map((mode) => second.plan[mode].digest)).toEqual(digests);
    expect(new Set(digests).size).toBe(3);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const other = await makeBundle(target.folder, { ...theirs, assets: [sample.assetRow(20, 1, { metadata: { theirs: 2 } }), sample.assetRow(21, 1)] });
    expect((await target.preview(other)).plan.merge.digest).not.toBe(first.plan.merge.digest);
    await expect(target.import(bundle, "merge", { expectedPlan: first.plan.merge.digest })).resolves.toBeDefined();
  });

  test.each<[string, (mode: ConflictMode) => boolean, () => Promise<unknown>]>([
    ["a row that was new is here", () => true, () => insertRows(target, { assets: [sample.assetRow(21, 1)] })],
    ["a row that was here is gone", () => true, () => target.pool.query("DELETE FROM assets")],
    [
      "a row that would change equals the bundle's",
      (mode) => mode !== "skip_existing",
      () => target.pool.query("UPDATE assets SET metadata = '{\"theirs\": 1}'"),
    ],
    ["a row has another organization", () => true, async () => {
      await insertRows(target, { organizations: [sample.organizationRow(2)] });
      await target.pool.query("UPDATE assets SET organization_id = $1", [uuid(2)]);
    }],
    ["the same thing is here under another id", () => true, () => insertRows(target, { assets: [sample.assetRow(29, 1, { normalized_value: "asset-21.example" })] })],
    ["a natural key is taken", () => true, async () => {
      await target.pool.query("UPDATE assets SET normalized_value = 'mine'");
      await insertRows(target, { assets: [sample.assetRow(29, 1, { normalized_value: "asset-20.example" })] });
    }],
    ["what a reference leads to is here", () => true, () => insertRows(target, { scans: [sample.scanRow(404, 1)] })],
    ["a user who was nobody is here", () => true, () => addUser(target.pool, { id: sample.stranger })],
    ["an object is here", () => true, () => putObject("x")],
    ["another object is here", () => true, () => putObject("y")],
  ])("changes when %s, and the import refuses the old one and changes nothing", async (_name, changes, change) => {
    const { plan } = await target.preview(bundle);
    await change();
    const now = await target.preview(bundle);
    const before = await takeSnapshot(target);
    for (const mode of conflictModes) {
      expect(now.plan[mode].digest !== plan[mode].digest, mode).toBe(changes(mode));
      if (!changes(mode)) continue;
      await expect(target.import(bundle, mode, { expectedPlan: plan[mode].digest })).rejects.toMatchObject({ code: "plan_changed" });
    }
    expect(await takeSnapshot(target)).toEqual(before);
  });

  test("changes when another row would change, though none more", async () => {
    await insertRows(target, { assets: [sample.assetRow(21, 1, { metadata: { theirs: 1 } })] });
    const both = await makeBundle(target.folder, {
      organizations: [sample.organizationRow(1)],
      assets: [sample.assetRow(20, 1), sample.assetRow(21, 1)],
    });
    const before = await target.preview(both);
    await target.pool.query("UPDATE assets SET metadata = CASE id WHEN $1 THEN '{\"theirs\": 1}' ELSE '{\"a\": [1, null]}' END::jsonb", [uuid(20)]);
    const after = await target.preview(both);
    expect(after.plan.merge.tables).toEqual(before.plan.merge.tables);
    expect(after.plan.merge.digest).not.toBe(before.plan.merge.digest);
    expect(after.plan.skip_existing.digest).toBe(before.plan.skip_existing.digest);
  });

  test("stays when what changed concerns no decision", async () => {
    const { plan } = await target.preview(bundle);
    await insertRows(target, { organizations: [sample.organizationRow(3)], assets: [sample.assetRow(28, 3)] });
    await addUser(target.pool);
    expect((await target.preview(bundle)).plan).toEqual(plan);
  });
});

async function putObject(text: string): Promise<void> {
  const row = theirs["files"]?.[0];
  const content = Buffer.from(text);
  await target.objects.put(String(row?.["object_key"]), content, { size: content.length, sha256: sha256(content), contentType: "text/plain", when: "absent" });
}

/** A place where somebody waits until he is let through. */
function gate() {
  let open = (): void => undefined;
  let reach = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const wait = async () => {
    reach();
    await opened;
  };
  return { wait, reached, open: () => open() };
}
