import { crc32 } from "node:zlib";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { ObjectReader } from "@/storage";

import { createInstallation, type Installation } from "../support/backup";
import { makeBundle, readBundleFile, sha256 } from "../support/backup/bundle-file";
import { failingFrom } from "../support/backup/faulty-store";
import * as sample from "../support/backup/sample-rows";

const { uuid } = sample;
/** An import notes and writes 500 at a time, and looks through 1,000 notes at a time. */
const fileCount = 1_100;
const contentOf = (index: number) => Buffer.from(`content ${index}`);
const laterContentOf = (index: number) => Buffer.from(`later content ${index}`);
const keyOf = (index: number) => `organizations/${uuid(1)}/files/evidence/${index}.txt`;
const indexOf = (key: string) => Number(/(\d+)\.txt$/.exec(key)?.[1]);

let target: Installation;
let bundle: string;

beforeAll(async () => {
  target = await createInstallation();
  bundle = await bundleOf(contentOf);
});
afterAll(() => target.drop());

function bundleOf(contentOfFile: (index: number) => Buffer): Promise<string> {
  const indices = Array.from({ length: fileCount }, (_, index) => index);
  const files = indices.map((index) => sample.fileRow(1_000 + index, 1, contentOfFile(index), { object_key: keyOf(index) }));
  const objects = Object.fromEntries(files.map(({ id }, index) => [String(id), contentOfFile(index)]));
  return makeBundle(target.folder, { organizations: [sample.organizationRow(1)], files }, objects);
}

async function storedKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of target.objects.list("")) keys.push(key);
  return keys;
}

test("an import that fails in its last batch of objects leaves none of them", async () => {
  const objects = failingFrom(target.objects, "put", 1_080);
  await expect(target.import(bundle, "merge", { objects })).rejects.toMatchObject({ code: "storage_unavailable" });
  expect(await storedKeys()).toEqual([]);
  expect((await target.pool.query("SELECT FROM backup_run_objects UNION ALL SELECT FROM files")).rowCount).toBe(0);
});

test("whole batches of objects are imported, and exported again", async () => {
  expect((await target.import(bundle, "merge")).plan.objects).toMatchObject({ write: fileCount });
  expect(new Set(await storedKeys())).toEqual(new Set(Array.from({ length: fileCount }, (_, index) => keyOf(index))));
  const { objects } = await readBundleFile(await target.export());
  expect(objects.size).toBe(fileCount);
  for (const { key, content } of objects.values()) expect(content).toEqual(contentOf(indexOf(key)));
});

/** Counts what begins, and says how much of it began in one turn of the event loop at most. */
function countInTurns(): { count: () => void; most: () => number } {
  let inTurn = 0;
  let most = 0;
  let timer = setImmediate(function turn() {
    inTurn = 0;
    timer = setImmediate(turn);
  });
  const count = () => void (most = Math.max(most, ++inTurn));
  return {
    count,
    most: () => {
      clearImmediate(timer);
      return most;
    },
  };
}

test("an export of objects that are there at once lets others have their turn", async () => {
  const turns = countInTurns();
  const read: ObjectReader["read"] = (key) => {
    turns.count();
    const content = contentOf(indexOf(key));
    return Promise.resolve({ content, sha256: sha256(content), crc32: crc32(content) });
  };
  const openReader = () => ({ together: 4, groupsAtOnce: 8, read, doneWith: () => undefined, end: () => Promise.resolve() });
  await target.exportWith({}, { objects: { ...target.objects, openReader } });
  // Sixteen groups of four are written in a turn, while eight are read ahead.
  expect(turns.most()).toBeLessThan(100);
});

test("objects that are replaced leave nothing put aside, however many they are, and let others have their turn", async () => {
  const before = await storedKeys();
  const turns = countInTurns();
  // What is put aside is the first that is done with each.
  const copy: typeof target.objects.copy = (from, to) => {
    turns.count();
    return target.objects.copy(from, to);
  };
  const objects = { ...target.objects, copy, requestsAtOnce: 32 };
  expect((await target.import(await bundleOf(laterContentOf), "merge", { objects })).plan.objects).toMatchObject({ replace: fileCount });
  expect(turns.most()).toBeLessThan(4);
  expect(new Set(await storedKeys())).toEqual(new Set(before));
  expect((await target.pool.query("SELECT FROM backup_run_objects")).rowCount).toBe(0);
});
