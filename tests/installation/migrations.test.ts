import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyMigrations } from "@/server/installation/migrations";
import { createEmptyTestDatabase, type TestDatabase } from "../support/postgres";

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createEmptyTestDatabase();
  directory = await mkdtemp(path.join(tmpdir(), "migrations-"));
  await cp("prisma/migrations", directory, { recursive: true });
});

afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(path.join(directory, name));
  await writeFile(path.join(directory, name, "migration.sql"), sql);
}

describe("applyMigrations", () => {
  test("applies every migration once, in order", async () => {
    await addMigration("29990101000000_second", "CREATE TABLE second (id int); INSERT INTO second VALUES (1);");
    const applied = await applyMigrations(database.url, directory);
    expect(applied.at(0)).toBe("20261123000000_init");
    expect(applied.at(-1)).toBe("29990101000000_second");
    expect(await applyMigrations(database.url, directory)).toEqual([]);
    const { rows } = await database.pool.query("SELECT * FROM second");
    expect(rows).toEqual([{ id: 1 }]);
  });

  test("applies each once when several processes start at the same moment", async () => {
    const applied = await Promise.all([1, 2, 3, 4].map(() => applyMigrations(database.url, directory)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  });

  test("leaves nothing of a migration that fails, and applies it once it is mended", async () => {
    await addMigration("29990101000000_broken", "CREATE TABLE half (id int); SELECT 1 / 0;");
    await expect(applyMigrations(database.url, directory)).rejects.toThrow(/29990101000000_broken failed: division by zero/);
    const { rows } = await database.pool.query("SELECT to_regclass('public.half') AS half");
    expect(rows).toEqual([{ half: null }]);
    await writeFile(path.join(directory, "29990101000000_broken", "migration.sql"), "CREATE TABLE half (id int);");
    expect(await applyMigrations(database.url, directory)).toEqual(["29990101000000_broken"]);
  });

  test("refuses a database that a newer version has migrated", async () => {
    await addMigration("29990101000000_newer", "SELECT 1;");
    await applyMigrations(database.url, directory);
    await rm(path.join(directory, "29990101000000_newer"), { recursive: true });
    await expect(applyMigrations(database.url, directory)).rejects.toMatchObject({
      code: "migrations_diverged",
      message: expect.stringContaining("29990101000000_newer is unknown here") as string,
    });
  });

  test("refuses a migration whose file is not the one that was applied", async () => {
    await addMigration("29990101000000_edited", "SELECT 1;");
    await applyMigrations(database.url, directory);
    await writeFile(path.join(directory, "29990101000000_edited", "migration.sql"), "SELECT 2;");
    await expect(applyMigrations(database.url, directory)).rejects.toMatchObject({ code: "migrations_diverged" });
  });

  test("refuses a migration that another tool began and did not finish", async () => {
    await applyMigrations(database.url, directory);
    await database.pool.query("UPDATE _prisma_migrations SET finished_at = NULL");
    await expect(applyMigrations(database.url, directory)).rejects.toMatchObject({
      code: "migrations_diverged",
      message: expect.stringContaining("never finished") as string,
    });
  });

  test("refuses a database that belongs to something else and leaves it alone", async () => {
    await database.pool.query("CREATE TABLE wordpress_posts (id int)");
    await expect(applyMigrations(database.url, directory)).rejects.toMatchObject({
      code: "database_foreign",
      message: expect.stringContaining("wordpress_posts") as string,
    });
    const { rows } = await database.pool.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    expect(rows).toEqual([{ tablename: "wordpress_posts" }]);
  });

  test("says that the database cannot be reached", async () => {
    await expect(applyMigrations("postgresql://nobody@127.0.0.1:1/none")).rejects.toMatchObject({
      code: "database_unavailable",
    });
  });
});
