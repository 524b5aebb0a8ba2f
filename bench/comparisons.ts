import path from "node:path";

import type { ActionName, Parameters } from "./actions";
import { measureChildren, type Measurement, type ServerProcesses } from "./support/measure";

import { runAction } from "./support/run-action";
import { serve, type Served } from "./support/served";
import { shell } from "./support/shell";
import { exportByTools, exportByToolsFromS3, importByTools, importByToolsToS3 } from "./support/tools";
import type { World } from "./support/world";

/** One round of everything that is compared, in the order in which one follows from the other. */
export type Step =
  | "export"
  | "tools export"
  | "preview"
  | "import"
  | "tools import"
  | "import again"
  | "merge of changes"
  | "verify"
  | "tools verify"
  | "export over HTTP"
  | "import over HTTP"
  | "export with S3"
  | "tools export with S3"
  | "preview with S3"
  | "import with S3"
  | "import again with S3"
  | "tools import with S3"
  | "export of a part"
  | "prisma export"
  | "import of few"
  | "prisma createMany"
  | "import of fewest"
  | "prisma upsert";

export interface Comparison {
  name: string;
  step: Step;
  against: Step;
  /** At most this share of the other's time. */
  reach: number;
}

export const comparisons: readonly Comparison[] = [
  { name: "export against pg_dump -Fc + sha256sum + zip -0", step: "export", against: "tools export", reach: 0.65 },
  { name: "import against unzip + sha256sum -c + pg_restore", step: "import", against: "tools import", reach: 1.2 },
  { name: "the same again against the first import", step: "import again", against: "import", reach: 1 / 3 },
  { name: "merge, every row changed, against pg_restore", step: "merge of changes", against: "tools import", reach: 2 },
  { name: "preview of three plans against the import", step: "preview", against: "import", reach: 0.6 },
  { name: "export against prisma.findMany and jszip", step: "export of a part", against: "prisma export", reach: 1 / 6 },
  { name: "import against prisma.createMany and jszip", step: "import of few", against: "prisma createMany", reach: 1 / 8 },
  { name: "import against prisma.upsert and jszip", step: "import of fewest", against: "prisma upsert", reach: 1 / 30 },
  { name: "export over HTTP against the same tools", step: "export over HTTP", against: "tools export", reach: 0.65 },
  { name: "import over HTTP against the same tools", step: "import over HTTP", against: "tools import", reach: 1.2 },
  { name: "export with objects on S3 against the same tools, which fetch them with curl", step: "export with S3", against: "tools export with S3", reach: 0.65 },
  { name: "import with objects to S3 against the same tools, which send them with curl", step: "import with S3", against: "tools import with S3", reach: 1.2 },
  { name: "the same again, with S3, against that import", step: "import again with S3", against: "import with S3", reach: 1 / 3 },
  { name: "preview with S3 against that import", step: "preview with S3", against: "import with S3", reach: 0.6 },
  { name: "verify against 7z t + sha256sum", step: "verify", against: "tools verify", reach: 1 },
];

/** Every table's rows are changed in a column that a merge updates. */
const changeEveryRow = `
  UPDATE organizations SET description = description || ' changed';
  UPDATE scopes SET description = description || ' changed';
  UPDATE assets SET last_seen_at = last_seen_at + interval '1 second';
  UPDATE asset_edges SET last_seen_at = last_seen_at + interval '1 second';
  UPDATE scans SET name = name || ' changed';
  UPDATE scan_jobs SET attempts = (attempts + 1) % 1000;
  UPDATE vulnerabilities SET last_seen_at = last_seen_at + interval '1 second';
  UPDATE reports SET title = title || ' changed';
  UPDATE files SET original_name = original_name || ' changed'`;

export const steps: Readonly<Record<Step, (world: World) => Promise<Measurement>>> = {
  export: ({ server, source, small, folder }) =>
    runAction("export", { ...source, bundle: path.join(folder, "exported.zip") }, { ...small, bundle: path.join(folder, "warm.zip") }, server.processes),

  "tools export": exportByTools,

  preview: async (world) => {
    const { server, source, small } = world;
    const target = { ...source, ...(await world.freshTarget("target")) };
    return runAction("preview", target, { ...small, ...(await world.freshTarget("warm")) }, server.processes);
  },

  import: async (world) => {
    const { server, source, small } = world;
    const target = { ...source, ...(await world.freshTarget("target")) };
    return runAction("import", target, { ...small, ...(await world.freshTarget("warm")) }, server.processes);
  },

  "tools import": (world) => importByTools(world, world.toolsArchive),

  "import again": async (world) => {
    const { server, small } = world;
    return runAction("import", targetOf(world), { ...small, ...(await world.freshTarget("warm")) }, server.processes);
  },

  "merge of changes": async (world) => {
    const { server, small } = world;
    await server.query("target", changeEveryRow);
    await server.query("target", "VACUUM ANALYZE");
    const warm = { ...small, ...(await world.freshTarget("warm")), mode: "merge" } as const;
    return runAction("import", { ...targetOf(world), mode: "merge" }, warm, server.processes);
  },

  verify: ({ server, source, small }) => runAction("verify", source, small, server.processes),

  "tools verify": ({ server, source }) =>
    measureChildren(server.processes, () => shell(`7z t ${source.bundle} > /dev/null; sha256sum ${source.bundle}`)),

  "export over HTTP": async ({ server, source, folder }) => {
    const served = await serve(source.databaseUrl, path.join(folder, "served"), path.join(folder, "source"));
    const curl = `curl -sS --fail-with-body -X POST -H "Authorization: $AUTHORIZATION" ${served.url}/api/v1/admin/backup/export`;
    // Who leaves after a few megabytes has warmed up the server; what it had begun ends within a second.
    const warmUp = `(${curl} 2> /dev/null || true) | head -c 8000000 > /dev/null; sleep 1`;
    return measureServed(server.processes, served, warmUp, `${curl} -o ${folder}/exported-http.zip`);
  },

  "import over HTTP": async (world) => {
    const { databaseUrl } = await world.freshTarget("target_http");
    const served = await serve(databaseUrl, path.join(world.folder, "served"), null);
    const curl = `curl -sS --fail-with-body -o /dev/null -H "Authorization: $AUTHORIZATION"`;
    const warmUp = `${curl} -F "file=@${world.small.bundle}" ${served.url}/api/v1/admin/backup/import/preview`;
    const request = `${curl} -F "file=@${world.source.bundle}" -F conflict_mode=skip_existing ${served.url}/api/v1/admin/backup/import`;
    return measureServed(world.server.processes, served, warmUp, request);
  },

  "export with S3": async ({ source, small, folder, s3, processesWithS3 }) => {
    const buckets = await s3();
    const far = { ...source, storage: buckets.source, bundle: path.join(folder, "exported.zip") };
    return runAction("export", far, { ...small, storage: buckets.small, bundle: path.join(folder, "warm.zip") }, await processesWithS3());
  },

  "tools export with S3": exportByToolsFromS3,

  "preview with S3": (world) => withS3(world, "preview"),

  "import with S3": (world) => withS3(world, "import"),

  "import again with S3": async (world) => {
    const { server, source, s3 } = world;
    const target = { ...source, databaseUrl: server.url("target_s3"), storage: (await s3()).latest() };
    return runAction("import", target, await warmWithS3(world), await world.processesWithS3());
  },

  "tools import with S3": (world) => importByToolsToS3(world, world.toolsArchive),

  "export of a part": ({ server, part, small, folder }) =>
    runAction("export", { ...part, bundle: path.join(folder, "exported-part.zip") }, { ...small, bundle: path.join(folder, "warm.zip") }, server.processes),

  "prisma export": (world) => exportByPrisma(world, world.part, "prisma.zip"),

  "import of few": (world) => importFew(world, "import", world.few),

  "prisma createMany": async (world) => {
    await exportByPrisma(world, world.few, "prisma-few.zip");
    return importFew(world, "prisma createMany", { ...world.few, bundle: path.join(world.folder, "prisma-few.zip") });
  },

  "import of fewest": (world) => importFew(world, "import", world.fewest),

  "prisma upsert": async (world) => {
    await exportByPrisma(world, world.fewest, "prisma-fewest.zip");
    return importFew(world, "prisma upsert", { ...world.fewest, bundle: path.join(world.folder, "prisma-fewest.zip") });
  },
};

/** One request to a server that was started for it. */
async function measureServed(servers: ServerProcesses, served: Served, warmUp: string, request: string): Promise<Measurement> {
  const variables = { AUTHORIZATION: served.headers["authorization"] ?? "" };
  try {
    await shell(warmUp, variables);
    return await measureChildren(servers, () => shell(request, variables), served.pid);
  } finally {
    await served.end();
  }
}

/** Into a fresh installation with a bucket of its own. */
async function withS3(world: World, action: "import" | "preview"): Promise<Measurement> {
  const { source, s3 } = world;
  const warm = await warmWithS3(world);
  const { databaseUrl } = await world.freshTarget("target_s3");
  const target = { ...source, databaseUrl, storage: (await s3()).fresh() };
  return runAction(action, target, warm, await world.processesWithS3());
}

async function warmWithS3(world: World): Promise<Parameters> {
  const { databaseUrl } = await world.freshTarget("warm");
  return { ...world.small, databaseUrl, storage: (await world.s3()).warm() };
}

/** Into a fresh installation. */
async function importFew(world: World, action: ActionName, source: Parameters): Promise<Measurement> {
  const { server, small } = world;
  const target = { ...source, ...(await world.freshTarget("target_few")) };
  const warm = action === "import" ? { ...small, ...(await world.freshTarget("warm")) } : null;
  return runAction(action, target, warm, server.processes);
}

function exportByPrisma({ server, folder }: World, source: Parameters, archive: string): Promise<Measurement> {
  return runAction("prisma export", { ...source, bundle: path.join(folder, archive) }, null, server.processes);
}

/** What the step `import` left. */
function targetOf({ server, source, folder }: World) {
  return { ...source, databaseUrl: server.url("target"), storage: { kind: "local", directory: path.join(folder, "target") } as const };
}
