import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import pg from "pg";

import { seedInstallation } from "@/seed";

import type { Parameters } from "../actions";
import type { ServerProcesses } from "./measure";
import { emptyDatabase, startBenchServer, type BenchServer } from "./postgres";
import { runAction } from "./run-action";
import { startS3Objects, type S3Objects } from "./s3-objects";
import { openStore, type Storage } from "./storage";
import { createToolsArchive } from "./tools";

export interface World {
  folder: string;
  server: BenchServer;
  /** Rows and objects to be moved, and the bundle of them. */
  source: Parameters;
  /** The same in little, to warm up with. */
  small: Parameters;
  /** Prisma's export is compared by this, a fifth of the standard size: it holds everything, 2 GB of it. */
  part: Parameters;
  /** What takes many times as long is compared by this, a twentieth. */
  few: Parameters;
  /** And what takes fifty times as long by this, a hundredth. */
  fewest: Parameters;
  /** What the database's own tools carry instead of a bundle. */
  toolsArchive: string;
  /** The sources' objects on an S3 server, which starts when it is first asked for. */
  s3(): Promise<S3Objects>;
  processesWithS3(): Promise<ServerProcesses>;
  stop(): Promise<void>;
  /** A fresh installation that holds nothing but an admin. */
  freshTarget(name: string): Promise<{ databaseUrl: string; storage: Storage }>;
}

/** The standard size, of which `scale` is a multiple. */
const standard = { organizations: 40, assets: 500_000, vulnerabilities: 500_000, edges: 200_000, files: 4_000, fileBytes: 400_000_000 };
const smallScale = 0.004;
const partScale = 0.2;
const fewScale = 0.05;
const fewestScale = 0.01;

const adminId = "00000000-0000-4000-8000-0000000000ad";

/** Makes what is missing in the folder; what is there is used again. */
export async function createWorld(folder: string, scale: number): Promise<World> {
  await mkdir(folder, { recursive: true });
  const server = await startBenchServer(folder);
  if (!(await server.hasDatabase("fresh"))) {
    await server.createDatabase("fresh", emptyDatabase);
    await server.query(
      "fresh",
      `INSERT INTO users (id, email, password_hash, role) VALUES ('${adminId}', 'admin@example.com', 'none', 'admin')`,
    );
  }
  const source = await createSource(server, folder, "source", scale);
  const small = await createSource(server, folder, "small", smallScale);
  const part = await createSource(server, folder, "fifth", partScale);
  const few = await createSource(server, folder, "twentieth", fewScale);
  const fewest = await createSource(server, folder, "hundredth", fewestScale);
  const toolsArchive = await createToolsArchive(server, folder, "source");
  const freshTarget = async (name: string) => {
    const directory = path.join(folder, name);
    await rm(directory, { recursive: true, force: true });
    await server.createDatabase(name, "fresh");
    return { databaseUrl: server.url(name), storage: { kind: "local", directory } as const };
  };
  let s3: Promise<S3Objects> | null = null;
  const startedS3 = () => (s3 ??= startS3Objects(folder));
  const processesWithS3 = async () => ({ ...server.processes, s3: (await startedS3()).pids });
  const stop = async () => {
    try {
      await (await s3)?.stop();
    } finally {
      await server.stop();
    }
  };
  return { folder, server, source, small, part, few, fewest, toolsArchive, freshTarget, s3: startedS3, processesWithS3, stop };
}

/** An installation of that many times the standard size, and the bundle of it. */
export async function createSource(
  server: BenchServer,
  folder: string,
  name: string,
  scale: number,
  size: Partial<typeof standard> = {},
): Promise<Parameters> {
  const storage = { kind: "local", directory: path.join(folder, name) } as const;
  const parameters: Parameters = {
    databaseUrl: server.url(name),
    storage,
    bundle: path.join(folder, `${name}.zip`),
    mode: "skip_existing",
  };
  if (existsSync(parameters.bundle) && (await server.hasDatabase(name))) return parameters;
  await rm(storage.directory, { recursive: true, force: true });
  await server.createDatabase(name, "fresh");
  const pool = new pg.Pool({ connectionString: parameters.databaseUrl });
  const objects = openStore(storage);
  try {
    const scaled = Object.fromEntries(Object.entries({ ...standard, ...size }).map(([key, count]) => [key, Math.ceil(count * scale)]));
    await seedInstallation({ ...standard, ...scaled, seed: "bench" }, { pool, objects });
    await pool.query("VACUUM ANALYZE");
  } finally {
    await objects.close();
    await pool.end();
  }
  await runAction("export", parameters, null, server.processes);
  return parameters;
}
