import { randomBytes, createHash } from "node:crypto";
import path from "node:path";
import pg from "pg";

import { seedInstallation } from "@/seed";

import { startS3Server } from "../tests/support/s3-server";
import { runAction } from "./support/run-action";
import { startSlowProxy } from "./support/slow-proxy";
import { openStore, type Storage } from "./support/storage";
import type { World } from "./support/world";

export interface SmallObjects {
  objects: number;
  exportSeconds: number;
  importSeconds: number;
  /** For as many, by what the first few hundred took. */
  oneAfterAnotherExportSeconds: number;
  oneAfterAnotherImportSeconds: number;
}

const objectBytes = 10_000;
const roundTripMilliseconds = 20;
/** One after another, more of them only take longer. */
const sampled = 300;

/** Many small objects on an S3 server that is 20 ms away, through export and import, and one after another. */
export async function measureSmallObjects({ server, folder, small, freshTarget }: World, count: number): Promise<SmallObjects> {
  const s3 = await startS3Server({ directory: path.join(folder, "s3") });
  const { endpoint, accessKeyId, secretAccessKey } = s3;
  const processes = { ...server.processes, s3: s3.pids };
  const proxy = await startSlowProxy(endpoint, roundTripMilliseconds);
  const storageOf = (bucket: string, at: string): Storage => ({ kind: "s3", endpoint: at, accessKeyId, secretAccessKey, bucket });
  try {
    const { databaseUrl } = await freshTarget("objects_source");
    const pool = new pg.Pool({ connectionString: databaseUrl });
    const near = openStore(storageOf("source", endpoint));
    const options = { organizations: 2, assets: 10, vulnerabilities: 0, files: count, fileBytes: count * objectBytes, seed: "small objects" };
    await seedInstallation(options, { pool, objects: near });
    const { rows } = await pool.query<{ object_key: string }>("SELECT object_key FROM files LIMIT $1", [sampled]);
    await pool.end();
    await near.close();

    const bundle = path.join(folder, "objects.zip");
    const source = { databaseUrl, storage: storageOf("source", proxy.endpoint), bundle, mode: "skip_existing" } as const;
    const exported = await runAction("export", source, { ...small, bundle: path.join(folder, "warm.zip") }, processes);
    const target = { ...source, ...(await freshTarget("objects_target")), storage: storageOf("target", proxy.endpoint) };
    const imported = await runAction("import", target, { ...small, ...(await freshTarget("warm")) }, processes);

    const far = openStore(storageOf("source", proxy.endpoint));
    const reading = await timed(async () => {
      for (const { object_key: key } of rows) for await (const chunk of (await far.get(key)).body) void chunk;
    });
    const content = randomBytes(objectBytes);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const writing = await timed(async () => {
      for (let index = 0; index < sampled; index++) {
        await far.stat(`one-after-another/${index}`);
        await far.put(`one-after-another/${index}`, content, { size: objectBytes, sha256, contentType: "text/plain", when: "absent" });
      }
    });
    await far.close();
    return {
      objects: count,
      exportSeconds: exported.seconds,
      importSeconds: imported.seconds,
      oneAfterAnotherExportSeconds: (reading / rows.length) * count,
      oneAfterAnotherImportSeconds: (writing / sampled) * count,
    };
  } finally {
    await proxy.close();
    await s3.stop();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
