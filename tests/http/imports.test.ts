import JSZip from "jszip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { seedInstallation } from "@/seed";
import type { ObjectStore } from "@/storage";

import { api, bearer, call, exportBundle, form, upload } from "../support/api";
import { startWithStorage, type InstallationWithStorage } from "../support/installation-with-storage";
import { s3Available } from "../support/s3";

async function keysOf(objects: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects.list("organizations/")) keys.push(key);
  return keys.sort();
}

async function countOrganizations({ installation }: InstallationWithStorage): Promise<number> {
  const { rows } = await installation.pool.query("SELECT count(*)::integer AS count FROM organizations");
  return Number(rows[0].count);
}

const storages = s3Available() ? (["local", "s3"] as const) : (["local"] as const);

describe.each(storages)("the application on %s storage", (storage) => {
  let source: InstallationWithStorage;
  let target: InstallationWithStorage;
  let bundle: Buffer;

  beforeAll(async () => {
    source = await startWithStorage("local");
    target = await startWithStorage(storage);
    const options = { organizations: 2, assets: 60, vulnerabilities: 30, files: 20, seed: "imports over http" };
    await seedInstallation(options, { pool: source.installation.pool, objects: source.objects });
    ({ bundle } = await exportBundle(source.installation, source.key));
  });

  afterAll(async () => {
    await source.stop();
    await target.stop();
  });

  it("leaves everything as it was when a row breaks a constraint, and records the run as failed", async () => {
    const { installation, key } = target;
    await installation.pool.query("ALTER TABLE reports ADD CONSTRAINT nothing_fits CHECK (title = 'nothing')");
    const answer = await upload(installation, key, "/import", form(bundle));
    await installation.pool.query("ALTER TABLE reports DROP CONSTRAINT nothing_fits");
    expect(answer.status).toBe(500);
    expect(answer.json).toMatchObject({ code: "internal" });
    expect(JSON.stringify(answer.json)).not.toContain("nothing_fits");
    expect(await countOrganizations(target)).toBe(0);
    expect(await keysOf(target.objects)).toEqual([]);
    const runs = await call(installation, `${api}/runs`, { headers: bearer(key) });
    expect(runs.json.runs).toMatchObject([{ kind: "import", state: "failed", error_code: "internal" }]);
    expect(await installation.staged()).toEqual([]);
  });

  it("lets one of two imports at once work and tells the other who holds it", async () => {
    const { installation, key } = target;
    const blocker = await installation.pool.connect();
    // Another writer of the tables keeps the first import waiting until the second has been refused.
    await blocker.query("BEGIN; LOCK TABLE organizations IN ROW EXCLUSIVE MODE");
    const first = upload(installation, key, "/import", form(bundle));
    await holdsTheImportLock(target);
    const second = await upload(installation, key, "/import", form(bundle));
    await blocker.query("ROLLBACK");
    blocker.release();
    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({ code: "import_running", holder: { started_by: installation.adminEmail } });
    const done = await first;
    expect(done.status).toBe(200);
    expect(second.json.holder).toMatchObject({ run_id: done.json.run_id });
    expect(await countOrganizations(target)).toBe(2);
    expect(await keysOf(target.objects)).toEqual(await keysOf(source.objects));
  });

  it("changes nothing the second time", async () => {
    const { installation, key } = target;
    const again = await upload(installation, key, "/import", form(bundle, { conflict_mode: "merge" }));
    expect(again.status).toBe(200);
    expect(again.json.plan).toMatchObject({ tables: { assets: { insert: 0, update: 0 } }, objects: { write: 0, replace: 0 } });
    const run = await call(installation, `${api}/runs/${String(again.json.run_id)}`, { headers: bearer(key) });
    expect(run.json).toMatchObject({ state: "succeeded", bundle_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it("gives everything out again", async () => {
    const { bundle: back } = await exportBundle(target.installation, target.key, { include_settings: false });
    const preview = await upload(source.installation, source.key, "/import/preview", form(back));
    expect(preview.status).toBe(200);
    expect(preview.json.objects).toEqual({ new: 0, same: 20, different: 0, missing: 0 });
    expect(preview.json.plan).toMatchObject({ merge: { tables: { assets: { insert: 0, conflict: 0 } } } });
  });

  it("takes in so many rows that threads encode them", async () => {
    const many = await startWithStorage("local");
    const options = { organizations: 1, assets: 2_000, vulnerabilities: 18_000, files: 1, seed: "many rows over http" };
    await seedInstallation(options, { pool: many.installation.pool, objects: many.objects });
    const { bundle: large } = await exportBundle(many.installation, many.key).finally(() => many.stop());
    const rows = await (await JSZip.loadAsync(large)).file("data/vulnerabilities.json")?.async("nodebuffer");
    expect(rows?.length, "enough for threads").toBeGreaterThan(16 * 1024 * 1024);
    const imported = await upload(target.installation, target.key, "/import", form(large));
    expect(imported.json).toMatchObject({ plan: { tables: { assets: { insert: 2_000 }, vulnerabilities: { insert: 18_000 } } } });
  });
});

async function holdsTheImportLock({ installation }: InstallationWithStorage): Promise<void> {
  await expect
    .poll(
      async () => {
        const { rowCount } = await installation.pool.query(
          "SELECT FROM pg_locks WHERE locktype = 'relation' AND NOT granted AND mode = 'ShareRowExclusiveLock'",
        );
        return rowCount;
      },
      { timeout: 9_000, interval: 50 },
    )
    .toBeGreaterThan(0);
}
