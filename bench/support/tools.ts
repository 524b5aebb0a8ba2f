import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";

import { measureChildren, type Measurement, type ServerProcesses } from "./measure";
import { emptyDatabase, type BenchServer } from "./postgres";
import { fetchByCurl, makeBucketByCurl, sendByCurl } from "./s3-by-curl";
import { shell } from "./shell";
import type { World } from "./world";

/** What the database's own tools carry instead of a bundle: rows as pg_dump has them, objects as they are, and what verifies these. */
export async function createToolsArchive(server: BenchServer, folder: string, name: string): Promise<string> {
  const archive = path.join(folder, `${name}.tools.zip`);
  if (existsSync(archive)) return archive;
  await shell(
    `cd ${folder}/${name}
     ${server.programs}/pg_dump -Fc --data-only -T schema_migrations -T _prisma_migrations -f rows.dump "$DATABASE"
     find objects -type f -print0 | xargs -0 sha256sum > SHA256SUMS
     zip -q -0 -r ${archive} rows.dump objects SHA256SUMS
     rm rows.dump SHA256SUMS`,
    { DATABASE: server.url(name) },
  );
  return archive;
}

export async function exportByTools({ server, folder }: World): Promise<Measurement> {
  const archive = path.join(folder, "tools-exported.zip");
  await rm(archive, { force: true });
  return measureChildren(server.processes, () =>
    shell(
      `cd ${folder}/source
       ${server.programs}/pg_dump -Fc -f rows.dump "$DATABASE"
       find objects -type f -print0 | xargs -0 sha256sum > SHA256SUMS
       zip -q -0 -r ${archive} rows.dump objects SHA256SUMS
       rm rows.dump SHA256SUMS`,
      { DATABASE: server.url("source") },
    ),
  );
}

/** With the objects on S3. */
export async function exportByToolsFromS3({ server, folder, s3, processesWithS3 }: World): Promise<Measurement> {
  const work = await emptyFolder(folder, "tools-s3");
  const { toolsSource } = await s3();
  return measureChildren(await processesWithS3(), () =>
    shell(
      `cd ${work}
       ${server.programs}/pg_dump -Fc -f rows.dump "$DATABASE"
       (cd ${folder}/source && find objects -type f) | ${fetchByCurl(toolsSource)}
       find objects -type f -print0 | xargs -0 sha256sum > SHA256SUMS
       zip -q -0 -r exported.zip rows.dump objects SHA256SUMS`,
      { DATABASE: server.url("source") },
    ),
  );
}

/**
 * Into an installation without a row.
 *
 * @param options takeObjects: a command that takes what is in the folder `objects`, beside leaving it there
 */
export async function importByTools(
  { server, folder }: World,
  archive: string,
  { takeObjects = "true", processes = server.processes }: { takeObjects?: string; processes?: ServerProcesses } = {},
): Promise<Measurement> {
  const target = await emptyFolder(folder, "tools-target");
  await server.createDatabase("tools_target", emptyDatabase);
  return measureChildren(processes, () =>
    shell(
      `cd ${target}
       unzip -q ${archive}
       sha256sum --quiet -c SHA256SUMS
       ${takeObjects}
       ${server.programs}/pg_restore --data-only --single-transaction --exit-on-error -d "$DATABASE" rows.dump`,
      { DATABASE: server.url("tools_target") },
    ),
  );
}

export async function importByToolsToS3(world: World, archive: string): Promise<Measurement> {
  const bucket = (await world.s3()).fresh();
  const takeObjects = `${makeBucketByCurl(bucket)}; find objects -type f | ${sendByCurl(bucket)}`;
  return importByTools(world, archive, { takeObjects, processes: await world.processesWithS3() });
}

async function emptyFolder(folder: string, name: string): Promise<string> {
  const directory = path.join(folder, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  return directory;
}
