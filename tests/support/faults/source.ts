import { randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";

import { seedInstallation } from "@/seed";

import { createInstallation } from "../backup";
import { putObject, sha256 } from "./storage";

/** An import of it takes about two seconds on two cores, so that faults meet all of its phases. */
const options = { organizations: 3, assets: 3_000, vulnerabilities: 1_500, files: 60, seed: "faults" };

/** Above 8 MiB an object goes to S3 in several parts. */
const largeBytes = 10 * 1024 * 1024;
const largeObjects = 2;

/** What every test of faults imports. */
export async function makeSourceBundle(): Promise<Buffer> {
  const source = await createInstallation();
  try {
    await seedInstallation(options, source);
    for (let number = 0; number < largeObjects; number++) {
      const content = randomBytes(largeBytes);
      const key = `organizations/large/${randomUUID()}`;
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
