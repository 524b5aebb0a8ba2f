import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";

import { adminPassword } from "../installation";
import { createApplication, type Application, type Resources } from "./application";
import { createFaultsDatabase, type FaultsDatabase, type TableDigests } from "./database";
import { fillTarget } from "./fill-target";
import { sendBundle } from "./requests";
import { createFaultsStorage, type FaultsStorage, type StorageKind } from "./storage";

export interface State {
  rows: TableDigests;
  objects: Record<string, string>;
}

/** An installation that a test may break, in front of an import that merges into what it holds. */
export interface Target {
  application: Application;
  database: FaultsDatabase;
  storage: FaultsStorage;
  bundle: Buffer;
  url: string;
  key: string;
  adminPassword: string;
  dataDirectory: string;
  /** Before the import, and after an undisturbed one. */
  before: State;
  after: State;
  /** After an undisturbed one by another admin, whose id then stands where an admin's must. */
  afterByAnother?: State;
  /** Of an undisturbed import, in milliseconds. */
  duration: number;
  /** Before its first import. */
  idle: Resources;
  state(): Promise<State>;
  /** What lies in the staging folder and is no preview that somebody may still import. */
  staged(): Promise<string[]>;
  /** A key of an admin or of somebody else. */
  apiKey(email: string): Promise<string>;
  /** Back to the state before. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface TargetOptions {
  storage: StorageKind;
  bundle: Buffer;
  /** URL of another server's migrated database than the run's own. */
  postgres?: string;
  /** A tablespace of that server. */
  tablespace?: string;
  s3?: { endpoint: string; accessKeyId: string; secretAccessKey: string };
  /** The ways that the application goes, where a test stands in them. */
  databaseThrough?: (url: string) => Promise<string>;
  s3Through?: (endpoint: string) => Promise<string>;
  /** Called with DATA_DIR before the application starts. */
  prepareFolder?: (dataDirectory: string) => Promise<void>;
}

export async function startTarget(options: TargetOptions): Promise<Target> {
  const { bundle, databaseThrough = identity, s3Through = identity } = options;
  const dataDirectory = await mkdtemp(path.join(tmpdir(), "system-backup-faults-"));
  await options.prepareFolder?.(dataDirectory);
  const database = await createFaultsDatabase(options.postgres ?? inject("postgresUrl"), options.tablespace);
  const storage = await createFaultsStorage(options.storage, dataDirectory, options.s3);
  const variables = { ...storage.variables };
  if (variables["S3_ENDPOINT"] !== undefined) variables["S3_ENDPOINT"] = await s3Through(variables["S3_ENDPOINT"]);
  const DATABASE_URL = await databaseThrough(database.url);
  const application = await createApplication({ DATA_DIR: dataDirectory, DATABASE_URL, ...variables });
  await application.start();
  const apiKey = async (email: string) =>
    (await application.command("api-key", ["create", "--email", email, "--name", "faults"])).trim();
  const key = await apiKey("admin@example.com");
  const { url } = application;

  const idle = await application.resources();
  const state = async () => ({ rows: await database.digests(), objects: await storage.contents() });
  await fillTarget({ url, key, bundle, database, storage });
  await database.save();
  await storage.save();
  const before = await state();
  const startedAt = performance.now();
  const answer = await (await sendBundle({ url, key }, "/import", bundle, { conflict_mode: "merge" })).answer;
  if (answer.status !== 200) throw new Error(`The undisturbed import ended with ${JSON.stringify(answer)}`);
  const duration = performance.now() - startedAt;
  const after = await state();
  const reset = async () => {
    await database.reset();
    await storage.reset();
  };
  await reset();
  return {
    application,
    database,
    storage,
    bundle,
    url,
    key,
    adminPassword,
    dataDirectory,
    before,
    after,
    duration,
    idle,
    state,
    staged: () => unfinishedUploads(path.join(dataDirectory, "staging")),
    apiKey,
    reset,
    stop: async () => {
      await application.stop();
      await storage.drop();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function unfinishedUploads(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => !existsSync(path.join(directory, name, "preview.json")));
}

async function identity(address: string): Promise<string> {
  return address;
}
