import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { seedInstallation } from "@/seed";

import { root } from "../../../scripts/support/prepare.mjs";
import { createInstallation } from "../backup";
import { buildOnce } from "../build";
import { putObject, sha256 } from "./storage";

/** An import of it takes about a second on two quiet cores: faults meet all of its phases, and hundreds of attempts end. */
const options = { organizations: 2, assets: 1_200, vulnerabilities: 600, files: 40, seed: "faults" };

/** Above 8 MiB an object goes to S3 in several parts. */
const largeBytes = 9 * 1024 * 1024;
const largeObjects = 1;

/** What every test of faults imports. The test files of a build share it. */
export async function makeSourceBundle(): Promise<Buffer> {
  await buildOnce();
  const folder = path.join(root, ".test");
  const build = await readFile(path.join(root, ".next", "system-backup-stamp"), "utf8");
  const name = `faults-${sha256(Buffer.from(JSON.stringify([build, options, largeObjects]))).slice(0, 16)}.zip`;
  const made = await readFile(path.join(folder, name)).catch(() => null);
  if (made !== null) return made;
  const bundle = await exportSource();
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder)) if (/^faults-\w+\.zip$/.test(old)) await rm(path.join(folder, old), { force: true });
  // Whole or not there: another test file may look for it.
  const temporary = path.join(folder, `${name}.${process.pid}`);
  await writeFile(temporary, bundle);
  await rename(temporary, path.join(folder, name));
  return bundle;
}

async function exportSource(): Promise<Buffer> {
  const source = await createInstallation();
  try {
    await seedInstallation(options, source);
    for (let number = 0; number < largeObjects; number++) {
      const content = noise(largeBytes, number);
      const key = `organizations/large/${number}`;
      await putObject(source.objects, key, content);
      await source.pool.query(
        `INSERT INTO files (organization_id, file_type, original_name, bucket, object_key, content_type, size_bytes, sha256)
         SELECT id, 'artifact', 'large', 'files', $1, 'application/octet-stream', $2, $3 FROM organizations ORDER BY id LIMIT 1`,
        [key, content.length, sha256(content)],
      );
    }
    return await readFile(await source.export());
  } finally {
    await source.drop();
  }
}

/** Bytes that do not compress. */
function noise(bytes: number, number: number): Buffer {
  const blocks = Array.from({ length: bytes / 32 }, (_, index) => createHash("sha256").update(`${number} ${index}`).digest());
  return Buffer.concat(blocks);
}
