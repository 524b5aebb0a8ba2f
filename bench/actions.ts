import { randomUUID } from "node:crypto";
import { open } from "node:fs/promises";
import pg from "pg";
import { z } from "zod";

import {
  applyImport,
  bundleTables,
  conflictModeSchema,
  exportBundle,
  previewImport,
  type ImportContext,
} from "@/backup";
import { openBundle, type Bundle } from "@/bundle";

import type { ObjectStore } from "@/storage";

import { exportByPrisma, importByPrisma } from "./prisma-way";
import { serverProcessesSchema } from "./support/measure";
import { openStore, storageSchema } from "./support/storage";

/** What an action works on. */
export const parametersSchema = z.object({
  databaseUrl: z.string(),
  storage: storageSchema,
  /** Path of the bundle that is written or read. */
  bundle: z.string(),
  mode: conflictModeSchema.default("skip_existing"),
});
export type Parameters = z.infer<typeof parametersSchema>;

const actionNames = ["export", "import", "preview", "verify", "prisma export", "prisma createMany", "prisma upsert"] as const;
export type ActionName = (typeof actionNames)[number];

export const actionSchema = z.object({
  name: z.enum(actionNames),
  parameters: parametersSchema,
  warmUp: parametersSchema.nullable(),
  servers: serverProcessesSchema,
});

/** The functions that the routes call, as the routes call them. */
export const actions: Readonly<Record<ActionName, (parameters: Parameters) => Promise<void>>> = {
  export: (parameters) =>
    withInstallation(parameters, async ({ pool, objects }) => {
      const file = await open(parameters.bundle, "w");
      try {
        await exportBundle(
          { include_files: true, include_users: false, include_scan_history: true, include_settings: true },
          {
            pool,
            objects,
            sink: { write: async (chunk) => void (await file.write(chunk)) },
            applicationVersion: "0.0.0-bench",
            signal: new AbortController().signal,
          },
        );
      } finally {
        await file.close();
      }
    }),

  import: (parameters) =>
    withInstallation(parameters, (context) =>
      withBundle(parameters.bundle, async (bundle) => {
        const runId = randomUUID();
        await context.pool.query("INSERT INTO backup_runs (id, kind, started_by) VALUES ($1, 'import', $2)", [
          runId,
          context.importingUserId,
        ]);
        await applyImport(
          bundle,
          {
            mode: parameters.mode,
            runId,
            beforeCommit: async (client) => {
              await client.query("UPDATE backup_runs SET state = 'succeeded', finished_at = now() WHERE id = $1", [runId]);
            },
          },
          context,
        );
      }),
    ),

  preview: (parameters) =>
    withInstallation(parameters, (context) =>
      withBundle(parameters.bundle, (bundle) => previewImport(bundle, { ...context, onSamples: async () => undefined })),
    ),

  verify: ({ bundle }) => withBundle(bundle, async () => undefined),

  "prisma export": (parameters) =>
    withStore(parameters, (objects) => exportByPrisma(parameters.databaseUrl, objects, parameters.bundle)),
  "prisma createMany": (parameters) =>
    withStore(parameters, (objects) => importByPrisma(parameters.databaseUrl, objects, parameters.bundle, "createMany")),
  "prisma upsert": (parameters) =>
    withStore(parameters, (objects) => importByPrisma(parameters.databaseUrl, objects, parameters.bundle, "upsert")),
};

async function withStore({ storage }: Parameters, work: (objects: ObjectStore) => Promise<void>): Promise<void> {
  const objects = openStore(storage);
  try {
    await work(objects);
  } finally {
    await objects.close();
  }
}

async function withInstallation(
  { databaseUrl, storage }: Parameters,
  work: (context: ImportContext) => Promise<unknown>,
): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const objects = openStore(storage);
  try {
    const { rows } = await pool.query<{ id: string }>("SELECT id FROM users WHERE role = 'admin' ORDER BY id LIMIT 1");
    const importingUserId = rows[0]?.id ?? "";
    await work({ pool, objects, importingUserId, signal: new AbortController().signal });
  } finally {
    await objects.close();
    await pool.end();
  }
}

/** Bytes: what an administrator would allow (BACKUP_MAX_UPLOAD_BYTES) who has four times the standard size. */
const largestBundle = 16 * 1024 ** 3;

async function withBundle(file: string, work: (bundle: Bundle) => Promise<unknown>): Promise<void> {
  const bundle = await openBundle(file, { knownTables: bundleTables, limits: { upload: largestBundle } });
  try {
    await work(bundle);
  } finally {
    await bundle.close();
  }
}
