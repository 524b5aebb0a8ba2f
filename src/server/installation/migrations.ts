import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { z } from "zod";
import { InstallationError, messageOf } from "./errors";

const migrationsDirectory = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

/** The advisory lock that Prisma's own `migrate deploy` takes, so that it and we never migrate at once. */
const prismaMigrationLock = 72_707_369;

/** As Prisma's schema engine creates it. */
const bookkeepingTable = `
  CREATE TABLE IF NOT EXISTS public._prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the file's bytes, lower-case hex. */
  checksum: string;
}

const recordedMigration = z.object({
  migration_name: z.string(),
  checksum: z.string(),
  finished_at: z.date().nullable(),
});

/**
 * Brings the database to this version's schema: every migration that it lacks, in order, each in a transaction of its
 * own, recorded as Prisma's CLI records them. Safe to call from several processes at once.
 * @param directory holds one folder for each migration, as Prisma lays them out
 * @returns the names of the migrations that were applied
 * @throws InstallationError migrations_diverged, database_foreign, database_unavailable
 */
export async function applyMigrations(databaseUrl: string, directory = migrationsDirectory): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "system-backup migrations" });
  // A connection lost between two queries fails the next one, which says so.
  client.on("error", () => undefined);
  await connect(client);
  try {
    await client.query("SELECT pg_advisory_lock($1)", [prismaMigrationLock]);
    await client.query("SET search_path TO public");
    const missing = await findMissing(client, migrations);
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    // Ending the session releases the lock.
    await client.end();
  }
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    const message = `The database at ${client.host}:${client.port} cannot be reached: ${messageOf(error)}`;
    throw new InstallationError("database_unavailable", message, { cause: error });
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(path.join(directory, name, "migration.sql"));
      return { name, sql: bytes.toString("utf8"), checksum: createHash("sha256").update(bytes).digest("hex") };
    }),
  );
}

async function findMissing(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  if (!(await hasTable(client, "_prisma_migrations"))) await refuseForeign(client);
  await client.query(bookkeepingTable);
  const { rows } = await client.query(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const recorded = z.array(recordedMigration).parse(rows);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const record of recorded) {
    const problem = describeDivergence(record, known.get(record.migration_name));
    if (problem !== null) throw new InstallationError("migrations_diverged", problem);
  }
  const applied = new Set(recorded.map(({ migration_name }) => migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

function describeDivergence(record: z.infer<typeof recordedMigration>, known: Migration | undefined): string | null {
  const name = `The database's migration ${record.migration_name}`;
  if (known === undefined) return `${name} is unknown here: a newer version has used this database. Start that version.`;
  if (record.finished_at === null) return `${name} was begun and never finished. Settle it with \`prisma migrate resolve\`.`;
  if (record.checksum !== known.checksum) return `${name} is not the one of the same name here: its checksum is another.`;
  return null;
}

async function refuseForeign(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename LIMIT 3",
  );
  if (rows.length === 0) return;
  const names = rows.map(({ tablename }) => tablename).join(", ");
  const message = `The database ${client.database} holds tables of something else (${names}). Give an empty database.`;
  throw new InstallationError("database_foreign", message);
}

async function hasTable(client: pg.Client, table: string): Promise<boolean> {
  const { rowCount } = await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = $1", [table]);
  return rowCount === 1;
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    const id = randomUUID();
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [id, checksum, name],
    );
    await client.query(sql);
    await client.query("UPDATE public._prisma_migrations SET finished_at = clock_timestamp() WHERE id = $1", [id]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`Migration ${name} failed: ${messageOf(error)}`, { cause: error });
  }
}
