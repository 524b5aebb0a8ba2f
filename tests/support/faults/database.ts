import { randomUUID } from "node:crypto";

import pg from "pg";

import { Prisma } from "@/generated/prisma/browser";

export type TableDigests = Record<string, string>;

/** A database of its own on any server, whose state can be kept and brought back. */
export interface FaultsDatabase {
  url: string;
  pool: pg.Pool;
  /** A digest of each table's rows: of all but records of runs and credentials, which change with every request. */
  digests(): Promise<TableDigests>;
  /** What no import or export may leave behind once it has ended. */
  leftovers(): Promise<string[]>;
  /** Keeps the rows as they are now, for reset(). */
  save(): Promise<void>;
  /** Rows as they were saved, and no record of any run. */
  reset(): Promise<void>;
  drop(): Promise<void>;
}

const unwatched = new Set(["backup_runs", "backup_run_objects", "api_keys", "refresh_tokens"]);
const watched = Object.values(Prisma.ModelName).filter((name) => !unwatched.has(name));
/** Users stay: keys and sessions belong to them, and no test changes them for good. */
const restored = watched.filter((name) => name !== "users");

/** @param server URL of a migrated database, with every right; it is cloned */
export async function createFaultsDatabase(server: string, tablespace?: string): Promise<FaultsDatabase> {
  const template = new URL(server);
  const name = `faults_${randomUUID().replaceAll("-", "")}`;
  const place = tablespace === undefined ? "" : ` TABLESPACE ${tablespace}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}${place}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  // A time limit that a test sets for the role is not for who looks at what is left.
  const pool = new pg.Pool({ connectionString: url.href, max: 5, application_name: "test", options: "-c statement_timeout=0" });
  // Tests kill the server under it.
  pool.on("error", () => undefined);
  return {
    url: url.href,
    pool,
    digests: async () => {
      const { rows } = await pool.query<{ name: string; digest: string }>(everyDigest);
      return Object.fromEntries(rows.map((row) => [row.name, row.digest]));
    },
    leftovers: async () => {
      const { rows } = await pool.query<{ what: string }>(everyLeftover);
      return rows.map(({ what }) => what);
    },
    save: async () => {
      const copies = watched.map((table) => `CREATE TABLE saved."${table}" AS TABLE "${table}"`);
      await pool.query(["DROP SCHEMA IF EXISTS saved CASCADE", "CREATE SCHEMA saved", ...copies].join(";"));
    },
    reset: async () => {
      const emptied = [...restored, "backup_runs", "backup_run_objects"].map((table) => `"${table}"`).join(", ");
      const copies = restored.map((table) => `INSERT INTO "${table}" SELECT * FROM saved."${table}"`);
      const steps = ["BEGIN", "SET LOCAL session_replication_role = replica", "SET LOCAL lock_timeout = '10s'"];
      await pool.query([...steps, `TRUNCATE ${emptied}`, ...copies, "COMMIT"].join(";"));
    },
    drop: async () => {
      await pool.end();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

const everyDigest = watched
  .map((name) => {
    const key = name === "settings" ? "key" : "id";
    return `SELECT '${name}' AS name, count(*) || ' ' || md5(coalesce(string_agg(row_to_json(odd)::text, ',' ORDER BY odd."${key}"), '')) AS digest FROM "${name}" odd`;
  })
  .join(" UNION ALL ");

const everyLeftover = `
  SELECT 'session of the application ' || state || ': ' || left(query, 100) AS what FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'system-backup%' AND state <> 'idle'
  UNION ALL
  SELECT 'advisory lock of process ' || pid FROM pg_locks
  WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION ALL
  SELECT 'temporary table ' || relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'
  UNION ALL
  SELECT 'noted object ' || object_key FROM backup_run_objects
  UNION ALL
  SELECT 'run that is running: ' || kind FROM backup_runs WHERE state = 'running'`;

export async function administer(server: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server, application_name: "test administration" });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
