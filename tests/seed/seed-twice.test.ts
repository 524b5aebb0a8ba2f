import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededMember, seedInstallation } from "@/seed";
import { createLocalObjectStore, type ObjectStore } from "@/storage";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { countOf, digests, keysIn, smallest } from "./facts";

let database: TestDatabase;
let folder: string;
let objects: ObjectStore;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "seed-twice-test-"));
  objects = createLocalObjectStore({ directory: path.join(folder, "objects") });
});

afterAll(async () => {
  await objects.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test("a seed that storage fails, at one of the last objects, leaves nothing behind", async () => {
  const before = await digests(database.pool);
  const failing = beforePut(35, () => {
    throw new Error("no room");
  });
  await expect(seedInstallation(smallest, { pool: database.pool, objects: failing })).rejects.toThrow("no room");
  expect(await digests(database.pool)).toEqual(before);
  expect(await keysIn(objects)).toEqual([]);
});

test.each([0, 20])("a seed that is given up after %i objects leaves nothing behind", async (put) => {
  const before = await digests(database.pool);
  const givingUp = new AbortController();
  if (put === 0) givingUp.abort();
  const seeded = seedInstallation(smallest, {
    pool: database.pool,
    objects: beforePut(put, () => givingUp.abort()),
    signal: givingUp.signal,
  });
  await expect(seeded).rejects.toThrow(/abort/i);
  expect(await digests(database.pool)).toEqual(before);
  expect(await keysIn(objects)).toEqual([]);
});

test("the same seed gives another installation the same rows and objects, every byte", async () => {
  await seedInstallation(smallest, { pool: database.pool, objects });
  const other = await createTestDatabase();
  const otherObjects = createLocalObjectStore({ directory: path.join(folder, "other") });
  try {
    const empty = await digests(other.pool);
    await seedInstallation({ ...smallest }, { pool: other.pool, objects: otherObjects });
    const found = await digests(other.pool);
    expect(found).toEqual(await digests(database.pool));
    expect(found).not.toEqual(empty);
    expect(await keysIn(otherObjects)).toEqual(await keysIn(objects));
  } finally {
    await otherObjects.close();
    await other.drop();
  }
});

test("takes another seed beside it, and keeps settings and the member", async () => {
  const added = await seedInstallation({ ...smallest, seed: 2 }, { pool: database.pool, objects });
  expect(added.rows).toMatchObject({ organizations: 2, assets: 200, settings: 0, users: 6 });
  expect(await countOf(database.pool, "assets")).toBe(400);
  expect(await countOf(database.pool, `users WHERE email = '${seededMember.email}'`)).toBe(1);
});

test("takes as many edges and bytes as asked for", async () => {
  const options = {
    organizations: 3,
    assets: 500,
    vulnerabilities: 0,
    files: 7,
    edges: 123,
    fileBytes: 1_000_003,
    seed: 3,
  };
  const added = await seedInstallation(options, { pool: database.pool, objects });
  expect(added.rows).toMatchObject({ asset_edges: 123, assets: 500, files: 7 });
  expect(added.objects).toEqual({ count: 7, bytes: 1_000_003 });
});

/** The store, with something to happen before the n-th object is written. */
function beforePut(number: number, act: () => void): ObjectStore {
  let puts = 0;
  const store: ObjectStore = Object.create(objects);
  store.put = async (...parameters) => {
    if (++puts === number) act();
    await objects.put(...parameters);
  };
  return store;
}
