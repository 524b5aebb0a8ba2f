import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { seedInstallation } from "@/seed";

import { createInstallation, storages, withBundle, type ExportChanges, type Installation } from "../support/backup";
import { readBundleFile } from "../support/backup/bundle-file";
import { failingFrom } from "../support/backup/faulty-store";
import { takeSnapshot, type Snapshot } from "../support/backup/snapshot";

describe.each(storages)("an export, on %s storage", (storage) => {
  let source: Installation;
  let before: Snapshot;
  beforeAll(async () => {
    source = await createInstallation({ storage });
    await seedInstallation({ organizations: 2, assets: 400, vulnerabilities: 100, files: 20, seed: "failures" }, source);
    before = await takeSnapshot(source);
  });
  afterAll(() => source.drop());

  test.each([1, 7, 20])("that finds storage away from object %i on fails with its code", async (first) => {
    await failsWith({ objects: failingFrom(source.objects, "get", first) }, { code: "storage_unavailable" });
  });

  test.each([0, 1, 100_000])("whose client leaves after %i bytes ends at once", async (bytes) => {
    const left = new AbortController();
    const beforeWrite = (written: number) => {
      if (written >= bytes) left.abort(new Error("The client has left"));
    };
    await failsWith({ signal: left.signal, beforeWrite }, { message: "The client has left" });
  });

  test("whose bytes nobody takes fails with the reason", async () => {
    await failsWith({ beforeWrite: () => Promise.reject(new Error("disk full")) }, { message: "disk full" });
  });

  test("whose connection is cut says that the database is away", async () => {
    let cut = false;
    const beforeWrite = async () => {
      if (cut) return;
      cut = true;
      await source.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL`,
      );
    };
    await failsWith({ beforeWrite }, { code: "database_unavailable" });
  });

  test("shows one moment of the database, whatever is written meanwhile", async () => {
    const undisturbed = await readBundleFile(await source.export());
    let done = false;
    const beforeWrite = async () => {
      if (done) return;
      done = true;
      await source.pool.query("DELETE FROM exposure_changes; UPDATE files SET original_name = 'changed'; DELETE FROM reports");
    };
    const { path: file } = await source.exportWith({}, { beforeWrite });
    expect(done).toBe(true);
    expect((await readBundleFile(file)).tables).toEqual(undisturbed.tables);
    expect((await readBundleFile(await source.export())).tables).not.toEqual(undisturbed.tables);
  });

  /** Changes nothing, leaves a file that is no bundle, and gives every client back. */
  async function failsWith(changes: ExportChanges, error: Record<string, unknown>): Promise<void> {
    const file = path.join(source.folder, `failed-${Math.random()}.zip`);
    await expect(source.exportWith({}, { ...changes, path: file })).rejects.toMatchObject(error);
    await expect(withBundle(file, () => Promise.resolve())).rejects.toMatchObject({ name: "BundleError" });
    expect(await takeSnapshot(source)).toEqual(before);
    expect(source.pool.idleCount, "no client is left out").toBe(source.pool.totalCount);
    await source.export({ include_files: false });
  }
});
