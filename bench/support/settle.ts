import { shell } from "./shell";
import type { World } from "./world";

/**
 * What the measurement before left to write must not be paid by the next one, and what this one
 * reads is in memory: else the first of two that are compared would fetch it from the disk for both.
 *
 * @param files of the world's folder, beside the database's
 */
export async function settle({ folder, server }: World, files: readonly string[]): Promise<void> {
  await server.query("postgres", "CHECKPOINT");
  await shell("sync");
  const paths = [...files, "postgres/cluster/base"].map((name) => `${folder}/${name}`);
  // PostgreSQL may remove a file meanwhile.
  await shell(`find ${paths.join(" ")} -type f -print0 | xargs -0 cat > /dev/null 2> /dev/null || true`);
}

/** What was written into databases that are there: else PostgreSQL would do so by itself within a minute, while something else is measured. */
export async function vacuum({ server }: World, databases: readonly string[]): Promise<void> {
  for (const database of databases) {
    if (await server.hasDatabase(database)) await server.query(database, "VACUUM ANALYZE");
  }
}
