import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type pg from "pg";
import { buildOnce } from "./build";
import { freePort } from "./free-port";
import { createTestDatabase } from "./postgres";
import { startProgram, type RunningProgram } from "./program";

/** The application as people start it, with a database and a folder of its own. */
export interface TestInstallation {
  url: string;
  port: number;
  adminEmail: string;
  adminPassword: string;
  dataDirectory: string;
  databaseUrl: string;
  pool: pg.Pool;
  /** Runs another program of ours against it, such as `api-key`; its standard output. */
  command(name: string, parameters: readonly string[]): Promise<string>;
  /** A new API key of the admin, or of somebody else. */
  apiKey(email?: string): Promise<string>;
  /** What the application has logged and printed so far. */
  log(): string;
  /** Names of what lies in the staging folder. */
  staged(): Promise<string[]>;
  /** SIGKILL; `start` brings it up again. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGTERM, and up again. */
  restart(): Promise<void>;
  /** Ends it in order and removes everything. */
  stop(): Promise<void>;
}

export const adminEmail = "admin@example.com";
export const adminPassword = "correct horse battery staple";

export interface TestInstallationOptions {
  /** The way to its database, such as through a proxy that a test can block. */
  databaseThrough?: (url: string) => Promise<string>;
}

/** @param variables of the environment, beside those that make it an installation of its own */
export async function startInstallation(
  variables: Record<string, string> = {},
  { databaseThrough = async (url) => url }: TestInstallationOptions = {},
): Promise<TestInstallation> {
  await buildOnce();
  const [database, port, dataDirectory] = await Promise.all([
    createTestDatabase(),
    freePort(),
    mkdtemp(path.join(tmpdir(), "system-backup-test-")),
  ]);
  const environment = {
    PORT: String(port),
    HOST: "127.0.0.1",
    DATA_DIR: dataDirectory,
    DATABASE_URL: await databaseThrough(database.url),
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword,
    LOG_LEVEL: "info",
    ...variables,
  };
  const url = `http://127.0.0.1:${port}`;
  let program: RunningProgram;
  const start = async () => {
    program = startProgram("start", [], environment);
    await program.says(/System Backup is up at/);
  };
  const command = async (name: string, parameters: readonly string[]) => {
    const { code, stdout, stderr } = await startProgram(name, parameters, environment).end();
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`);
    return stdout;
  };
  await start();
  return {
    url,
    port,
    adminEmail,
    adminPassword,
    dataDirectory,
    databaseUrl: database.url,
    pool: database.pool,
    command,
    apiKey: async (email = adminEmail) => (await command("api-key", ["create", "--email", email, "--name", "test"])).trim(),
    log: () => Object.values(program.output()).join(""),
    staged: () => readdir(path.join(dataDirectory, "staging")),
    kill: async () => {
      await program.end("SIGKILL");
    },
    start,
    restart: async () => {
      await program.end("SIGTERM");
      await start();
    },
    stop: async () => {
      if (program.process.exitCode === null && program.process.signalCode === null) await program.end("SIGTERM");
      await rm(dataDirectory, { recursive: true, force: true });
      await database.drop();
    },
  };
}
