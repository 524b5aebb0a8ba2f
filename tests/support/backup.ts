import { randomUUID } from "node:crypto";
import { open, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Pool } from "pg";

import {
  applyImport,
  bundleTables,
  exportBundle,
  exportedTables,
  previewImport,
  type ConflictMode,
  type ExportOutcome,
  type ImportAnalysis,
  type ImportContext,
  type ImportOutcome,
  type ImportRequest,
} from "@/backup";
import { openBundle, type ExportOptions } from "@/bundle";
import { createLocalObjectStore, createS3ObjectStore, type ObjectStore } from "@/storage";

import { createTestDatabase } from "./postgres";
import { createTestBucket, s3Available } from "./s3";

export type StorageKind = "local" | "s3";

/** The storages that a suite runs against: `describe.each(storages)`. */
export const storages: readonly StorageKind[] = s3Available() ? ["local", "s3"] : ["local"];

export const allOptions: ExportOptions = {
  include_files: true,
  include_users: true,
  include_scan_history: true,
  include_settings: true,
};

export const defaultOptions: ExportOptions = { ...allOptions, include_users: false };

/** What a test may do otherwise than usual in a preview or an import. */
export type Changes = Partial<ImportContext> & Partial<ImportRequest>;

/** What a test may do otherwise than usual in an export. */
export interface ExportChanges {
  pool?: Pool;
  objects?: ObjectStore;
  signal?: AbortSignal;
  /** Before each write of the bundle's bytes. */
  beforeWrite?: (bytesWritten: number) => void | Promise<void>;
  path?: string;
}

export interface Exported extends ExportOutcome {
  path: string;
}

/** A database and an object storage of its own, empty but for one admin. */
export interface Installation {
  url: string;
  pool: Pool;
  objects: ObjectStore;
  adminId: string;
  /** For bundles; removed by drop(). */
  folder: string;
  /** Path of a bundle with the default options, or others. */
  export(options?: Partial<ExportOptions>): Promise<string>;
  exportWith(options: Partial<ExportOptions>, changes?: ExportChanges): Promise<Exported>;
  preview(path: string, changes?: Changes): Promise<ImportAnalysis>;
  import(path: string, mode: ConflictMode, changes?: Changes): Promise<ImportOutcome>;
  /** Back to how it was created: what a test takes that cannot wait for another database. */
  clear(): Promise<void>;
  /** Throws where connections were left open. */
  drop(): Promise<void>;
}

export async function createInstallation({ storage = "local" }: { storage?: StorageKind } = {}): Promise<Installation> {
  const database = await createTestDatabase();
  const { pool } = database;
  const folder = await mkdtemp(path.join(tmpdir(), "backup-test-"));
  const { objects, dispose } = await createStorage(storage, folder);
  const adminId = await addUser(pool, { role: "admin" });

  const contextOf = (changes: Changes): ImportContext => ({
    pool: changes.pool ?? pool,
    objects: changes.objects ?? objects,
    importingUserId: changes.importingUserId ?? adminId,
    signal: changes.signal ?? new AbortController().signal,
    onProgress: changes.onProgress,
  });

  const exportWith: Installation["exportWith"] = async (options, changes = {}) => {
    const file = changes.path ?? path.join(folder, `${randomUUID()}.zip`);
    const handle = await open(file, "wx");
    let bytesWritten = 0;
    const write = async (chunk: Buffer) => {
      await changes.beforeWrite?.(bytesWritten);
      await handle.write(chunk);
      bytesWritten += chunk.length;
    };
    try {
      const outcome = await exportBundle(
        { ...defaultOptions, ...options },
        {
          pool: changes.pool ?? pool,
          objects: changes.objects ?? objects,
          sink: { write },
          applicationVersion: "0.0.0-test",
          signal: changes.signal ?? new AbortController().signal,
        },
      );
      return { path: file, ...outcome };
    } finally {
      await handle.close();
    }
  };

  return {
    url: database.url,
    pool,
    objects,
    adminId,
    folder,
    exportWith,
    export: async (options = {}) => (await exportWith(options)).path,
    preview: (file, changes = {}) => withBundle(file, (bundle) => previewImport(bundle, contextOf(changes))),
    import: (file, mode, changes = {}) =>
      withBundle(file, async (bundle) => {
        const runId = changes.runId ?? (await startRun(pool, adminId));
        const beforeCommit: ImportRequest["beforeCommit"] =
          changes.beforeCommit ??
          (async (client) => {
            await client.query("UPDATE backup_runs SET state = 'succeeded', finished_at = now() WHERE id = $1", [runId]);
          });
        const request = { mode, expectedPlan: changes.expectedPlan, runId, beforeCommit };
        return applyImport(bundle, request, contextOf(changes));
      }),
    clear: async () => {
      // For a few rows, TRUNCATE and its new files take several times as long.
      await pool.query(emptied.map((table) => `DELETE FROM "${table}"`).join(";"));
      await pool.query("DELETE FROM users WHERE id <> $1", [adminId]);
      for await (const { key } of objects.list("")) await objects.delete(key);
    },
    drop: async () => {
      await dispose();
      await rm(folder, { recursive: true, force: true });
      await database.drop();
    },
  };
}

/** Each before the tables that it refers to. */
const emptied = ["integrations", "settings", "backup_runs", ...exportedTables.map(({ name }) => name).reverse()];

/** The record of an import that has begun. */
export async function startRun(pool: Pool, userId: string): Promise<string> {
  const id = randomUUID();
  await pool.query("INSERT INTO backup_runs (id, kind, started_by) VALUES ($1, 'import', $2)", [id, userId]);
  return id;
}

export async function addUser(pool: Pool, { id = randomUUID(), role = "member" }: { id?: string; role?: string } = {}) {
  await pool.query("INSERT INTO users (id, email, password_hash, role) VALUES ($1, $2, 'none', $3::user_role)", [
    id,
    `${id}@example.com`,
    role,
  ]);
  return id;
}

/** Opens a file as the server does. */
export async function withBundle<Result>(
  file: string,
  work: (bundle: Awaited<ReturnType<typeof openBundle>>) => Promise<Result>,
): Promise<Result> {
  const bundle = await openBundle(file, { knownTables: bundleTables });
  try {
    return await work(bundle);
  } finally {
    await bundle.close();
  }
}

async function createStorage(kind: StorageKind, folder: string) {
  if (kind === "local") {
    const objects = createLocalObjectStore({ directory: path.join(folder, "objects") });
    return { objects, dispose: () => objects.close() };
  }
  const bucket = await createTestBucket();
  const objects = createS3ObjectStore(bucket.options);
  const dispose = async () => {
    await bucket.drop();
    await objects.close();
  };
  return { objects, dispose };
}
