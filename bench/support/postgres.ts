import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import pg from "pg";

import { applyMigrations } from "@/server/installation/migrations";
import {
  clearCluster,
  clusterData,
  databaseAccount,
  ensureDatabase,
  initialiseCluster,
  startServer,
} from "@/server/installation/postgres";

import type { ServerProcesses } from "./measure";

export interface BenchServer {
  processes: ServerProcesses;
  /** Folder of the programs that are of the server's own version: pg_dump refuses a newer server. */
  programs: string;
  url(database: string): string;
  /** Drops the database where it is there, and makes it of another one. */
  createDatabase(name: string, template: string): Promise<void>;
  hasDatabase(name: string): Promise<boolean>;
  /** Does nothing where it is not there. */
  dropDatabase(name: string): Promise<void>;
  query(database: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

/** The database that holds a fresh installation's tables and nothing in them. */
export const emptyDatabase = "empty";

/**
 * A PostgreSQL of the system's own packages, with the settings of the embedded one. It
 * waits for the disk, as an installation does.
 */
export async function startBenchServer(folder: string): Promise<BenchServer> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
  const programs = findPrograms();
  const account = await databaseAccount();
  const binaries = { initdb: path.join(programs, "initdb"), postgres: path.join(programs, "postgres") };
  // Reached from this machine alone, and gone with the bench.
  const cluster = { directory: path.join(folder, "postgres"), account, binaries, password: "bench" };
  await initialiseCluster(cluster, { durable: true });
  await clearCluster(clusterData(cluster));
  const server = await startServer(cluster, { preferredPort: undefined, durable: true });
  const administer = async (database: string, work: (client: pg.Client) => Promise<unknown>) => {
    const client = new pg.Client({ connectionString: server.url(database) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const hasDatabase = async (name: string) => {
    const found = await administer("postgres", (client) => client.query("SELECT FROM pg_database WHERE datname = $1", [name]));
    return found instanceof Object && "rowCount" in found && found.rowCount === 1;
  };
  await ensureDatabase(server);
  await applyMigrations(server.url());
  if (!(await hasDatabase(emptyDatabase))) {
    await administer("postgres", (client) => client.query(`CREATE DATABASE ${emptyDatabase} TEMPLATE easm`));
  }
  const dropDatabase = async (name: string) => {
    await administer("postgres", (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  return {
    processes: { postgres: server.pid, s3: [] },
    programs,
    url: (database) => server.url(database),
    hasDatabase,
    dropDatabase,
    createDatabase: async (name, template) => {
      await dropDatabase(name);
      await administer("postgres", (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
    },
    query: async (database, text) => {
      await administer(database, (client) => client.query(text));
    },
    stop: () => server.stop(),
  };
}

function findPrograms(): string {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((left, right) => Number(right) - Number(left)) : [];
  for (const version of versions) {
    const programs = path.join(root, version, "bin");
    if (["initdb", "postgres", "pg_dump", "pg_restore"].every((name) => existsSync(path.join(programs, name)))) return programs;
  }
  throw new Error("The bench needs PostgreSQL's server and client programs: apt-get install postgresql");
}
