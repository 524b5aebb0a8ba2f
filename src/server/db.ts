import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "@/generated/prisma/client";
import { environment } from "./env";
import { logger } from "./logger";

/**
 * Ten: an export and an import each hold one connection for minutes, the import's lock another; the rest serves
 * requests that take milliseconds. Well below the hundred that PostgreSQL allows by default.
 */
const maximumConnections = 10;

/** A database that does not answer within this is away (503) rather than a request that hangs. */
const connectionTimeoutMilliseconds = 10_000;

// Next bundles a copy of this module of its own; both copies must share one pool.
const globals: typeof globalThis & { systemBackupPool?: pg.Pool; systemBackupPrisma?: PrismaClient } = globalThis;

/** The process's connections to PostgreSQL. @throws Error where no installation was opened and DATABASE_URL is unset. */
export function pool(): pg.Pool {
  globals.systemBackupPool ??= createPool();
  return globals.systemBackupPool;
}

export function prisma(): PrismaClient {
  globals.systemBackupPrisma ??= new PrismaClient({ adapter: new PrismaPg(pool()) });
  return globals.systemBackupPrisma;
}

/** Ends every connection; the next call of pool() opens a new pool. */
export async function closeDatabase(): Promise<void> {
  const { systemBackupPool, systemBackupPrisma } = globals;
  delete globals.systemBackupPool;
  delete globals.systemBackupPrisma;
  await systemBackupPrisma?.$disconnect();
  await systemBackupPool?.end();
}

function createPool(): pg.Pool {
  const { databaseUrl } = environment();
  if (databaseUrl === undefined) throw new Error("The database is asked for before the installation was opened.");
  const created = new pg.Pool({
    connectionString: databaseUrl,
    max: maximumConnections,
    connectionTimeoutMillis: connectionTimeoutMilliseconds,
    keepAlive: true,
    application_name: "system-backup",
  });
  // An idle connection that the server drops is replaced by the next query; unheard, the event ends the process. A
  // pool that ends does not wait for its idle connections, which the server may then be the first to close.
  created.on("error", (error) => {
    if (!created.ending) logger().warn({ reason: error.message }, "lost an idle database connection");
  });
  return created;
}
