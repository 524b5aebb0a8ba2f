import path from "node:path";
import { expect, it } from "vitest";
import { seedInstallation } from "@/seed";
import { createLocalObjectStore } from "@/storage";
import { exportBundle } from "../support/api";
import { readBytes } from "../support/bundle/open-bytes";
import { startInstallation } from "../support/installation";

/** Next's build makes programs of its own of what threads run: an error in one of them ends the export. */
it("threads of the built server read what is many, rows as well as objects", async () => {
  const installation = await startInstallation();
  const objects = createLocalObjectStore({ directory: path.join(installation.dataDirectory, "objects") });
  const many = { organizations: 2, assets: 8_000, vulnerabilities: 8_000, files: 60, fileBytes: 12_000_000, seed: "threads" };
  await seedInstallation(many, { pool: installation.pool, objects });
  const { bundle } = await exportBundle(installation, await installation.apiKey());
  const read = await readBytes(bundle);
  expect(Object.keys(read.objects)).toHaveLength(60);
  expect(read.manifest.tables).toMatchObject({ assets: 8_000, vulnerabilities: 8_000, files: 60 });
  await objects.close();
  await installation.stop();
});
