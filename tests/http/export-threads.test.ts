import { expect, it } from "vitest";
import { seedInstallation } from "@/seed";
import { exportBundle } from "../support/api";
import { readBytes } from "../support/bundle/open-bytes";
import { startWithStorage } from "../support/installation-with-storage";
import { s3Available } from "../support/s3";

/** More files on S3 than are read before there is a thread. */
const storages = [
  { storage: "local", files: 60, fileBytes: 12_000_000 },
  { storage: "s3", files: 400, fileBytes: 4_000_000 },
] as const;

/** Next's build makes programs of its own of what threads run: an error in one of them ends the export. */
it.each(storages.filter(({ storage }) => storage === "local" || s3Available()))(
  "threads of the built server read what is many, rows as well as objects: $storage",
  async ({ storage, files, fileBytes }) => {
    const { installation, objects, key, stop } = await startWithStorage(storage);
    const many = { organizations: 2, assets: 8_000, vulnerabilities: 8_000, files, fileBytes, seed: "threads" };
    await seedInstallation(many, { pool: installation.pool, objects });
    const { bundle } = await exportBundle(installation, key);
    const read = await readBytes(bundle);
    expect(Object.keys(read.objects)).toHaveLength(files);
    expect(read.manifest.tables).toMatchObject({ assets: 8_000, vulnerabilities: 8_000, files });
    await stop();
  },
);
