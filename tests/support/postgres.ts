import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { inject } from "vitest";

export interface TestDatabase {
  url: string;
  /** Ended by drop(). */
  pool: pg.Pool;
  /** Drops the database; throws where connections to it were left open. */
  drop(): Promise<void>;
}

/** Time for a connection that was ended a moment ago to disappear from the server's list. */
const graceMilliseconds = 2_000;

/** A migrated, empty database of its own, cloned from the template: one for each test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(inject("postgresUrl"));
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}`));
  return testDatabase(name);
}

/** A database without a single table. */
export async function createEmptyTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  return testDatabase(name);
}

function testDatabase(name: string): TestDatabase {
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 5, application_name: "test" });
  const drop = async () => {
    await pool.end();
    const leaked = await leakedConnections(name);
    await administer((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    if (leaked.length > 0) throw new Error(`Connections to ${name} were left open:\n${leaked.join("\n")}`);
  };
  return { url: url.href, pool, drop };
}

async function leakedConnections(name: string): Promise<string[]> {
  const deadline = Date.now() + graceMilliseconds;
  for (;;) {
    const leaked = await administer(async (client) => {
      const { rows } = await client.query<{ line: string }>(
        `SELECT concat_ws(' | ', pid, application_name, state, left(query, 200)) AS line
         FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
        [name],
      );
      return rows.map(({ line }) => line);
    });
    if (leaked.length === 0 || Date.now() > deadline) return leaked;
    await delay(50);
  }
}

async function administer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(inject("postgresUrl"));
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.href, application_name: "test administration" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
