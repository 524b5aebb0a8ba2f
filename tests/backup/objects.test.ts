import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { conflictModes, type ConflictMode } from "@/backup";

import { createInstallation, storages, type Installation } from "../support/backup";
import { makeBundle, sha256, type Rows } from "../support/backup/bundle-file";
import { importChecked } from "../support/backup/checked-import";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";
import { valuesOf } from "../support/backup/snapshot";

const { uuid } = sample;
const mine = Buffer.from("what is here");
const theirs = Buffer.from("what the bundle brings");
const key = `organizations/${uuid(1)}/files/evidence/note.txt`;

describe.each(storages)("objects on %s storage", (storage) => {
  let target: Installation;
  beforeAll(async () => {
    target = await createInstallation({ storage });
  });
  beforeEach(() => target.clear());
  afterAll(() => target.drop());

  describe.each<ConflictMode>([...conflictModes])("%s", (mode) => {
    test("a new file's object is written under its key, an empty one, too", async () => {
      const { after } = await importFiles(
        [sample.fileRow(60, 1, theirs, { object_key: key }), sample.fileRow(61, 1, Buffer.alloc(0))],
        { [uuid(60)]: theirs, [uuid(61)]: Buffer.alloc(0) },
        mode,
      );
      expect(after.objects.get(key)).toBe(sha256(theirs));
      expect(after.objects.size).toBe(2);
    });

    test("an object that is here already is used where its bytes are the same", async () => {
      await put(key, theirs);
      const { outcome } = await importFiles([sample.fileRow(60, 1, theirs, { object_key: key })], { [uuid(60)]: theirs }, mode);
      expect(outcome.objects).toEqual({ new: 0, same: 1, different: 0, missing: 0 });
      expect(outcome.plan.tables["files"]).toMatchObject({ insert: 1 });
      expect(outcome.plan.objects.write).toBe(0);
    });

    test("a row whose key holds somebody's other bytes is left alone, and so are they", async () => {
      await put(key, mine);
      const { outcome, before, after } = await importFiles(
        [sample.fileRow(60, 1, theirs, { object_key: key })],
        { [uuid(60)]: theirs },
        mode,
      );
      expect(outcome.plan.tables["files"]).toMatchObject({ insert: 0, conflict: 1 });
      expect(after.objects).toEqual(before.objects);
      expect(outcome.warnings.map(({ code }) => code)).toContain("conflict_object_taken");
    });

    test("the object of another organization's row is never touched", async () => {
      await here({ organizations: [sample.organizationRow(2)], files: [sample.fileRow(62, 2, mine, { object_key: key })] });
      await put(key, mine);
      const { outcome, before, after } = await importFiles(
        [sample.fileRow(60, 1, theirs, { object_key: key })],
        { [uuid(60)]: theirs },
        mode,
      );
      expect(outcome.plan.tables["files"]).toMatchObject({ conflict: 1 });
      expect(after.objects).toEqual(before.objects);
      expect(after.rows.get("files")).toEqual(before.rows.get("files"));
    });

    test.each([
      ["the row itself", 60],
      ["the same file under another id", 66],
    ])("other bytes for %s come with merge alone, and row and object agree", async (_name, id) => {
      await here({ organizations: [sample.organizationRow(1)], files: [sample.fileRow(60, 1, mine, { object_key: key })] });
      await put(key, mine);
      const { outcome, after } = await importFiles(
        [sample.fileRow(id, 1, theirs, { object_key: key })],
        { [uuid(id)]: theirs },
        mode,
      );
      const expected = mode === "merge" ? theirs : mine;
      expect(after.objects).toEqual(new Map([[key, sha256(expected)]]));
      expect(valuesOf(after, "files", uuid(60))).toMatchObject({ sha256: sha256(expected), size_bytes: expected.length });
      expect(outcome.plan.objects).toEqual(
        mode === "merge" ? { write: 0, replace: 1, bytes: theirs.length } : { write: 0, replace: 0, bytes: 0 },
      );
    });

    test("an object whose row would not change is not written over", async () => {
      const row = sample.fileRow(60, 1, theirs, { object_key: key });
      await here({ organizations: [sample.organizationRow(1)], files: [row] });
      await put(key, mine);
      const { before, after } = await importFiles([row], { [uuid(60)]: theirs }, mode);
      expect(after).toEqual(before);
    });

    test("an object that its row here lacks is brought", async () => {
      const row = sample.fileRow(60, 1, theirs, { object_key: key });
      await here({ organizations: [sample.organizationRow(1)], files: [row] });
      const { outcome, after } = await importFiles([row], { [uuid(60)]: theirs }, mode);
      expect(outcome.plan.objects.write).toBe(1);
      expect(after.objects.get(key)).toBe(sha256(theirs));
    });

    test("an object that is not what its row here says is not brought without the row", async () => {
      await here({ organizations: [sample.organizationRow(1)], files: [sample.fileRow(60, 1, mine, { object_key: key })] });
      const { after } = await importFiles([sample.fileRow(60, 1, theirs, { object_key: key })], { [uuid(60)]: theirs }, mode);
      const { sha256: stated } = valuesOf(after, "files", uuid(60));
      expect(after.objects.get(key)).toBe(mode === "merge" ? stated : undefined);
    });

    test("a row whose object is not in the bundle is imported, with a warning", async () => {
      const { outcome } = await importFiles([sample.fileRow(60, 1, theirs), sample.fileRow(61, 1, mine)], { [uuid(61)]: mine }, mode);
      expect(outcome.plan.tables["files"]).toMatchObject({ insert: 2 });
      expect(outcome.warnings).toContainEqual(expect.objectContaining({ code: "object_missing", table: "files", count: 1 }));
    });

    test("a row that is here keeps pointing at its object where the bundle brings none", async () => {
      await here({ organizations: [sample.organizationRow(1)], files: [sample.fileRow(60, 1, mine, { object_key: key })] });
      await put(key, mine);
      const { after } = await importFiles([sample.fileRow(60, 1, theirs, { object_key: `${key}.moved`, metadata: { new: 1 } })], {}, mode);
      expect(valuesOf(after, "files", uuid(60))).toMatchObject({ object_key: key, sha256: sha256(mine), size_bytes: mine.length });
    });

    test("a row that moves to another key takes its object there, and the old one stays", async () => {
      await here({ organizations: [sample.organizationRow(1)], files: [sample.fileRow(60, 1, mine, { object_key: key })] });
      await put(key, mine);
      const { after } = await importFiles(
        [sample.fileRow(60, 1, theirs, { object_key: `${key}.moved` })],
        { [uuid(60)]: theirs },
        mode,
      );
      const { object_key: now } = valuesOf(after, "files", uuid(60));
      expect(now).toBe(mode === "merge" ? `${key}.moved` : key);
      expect(after.objects.get(String(now))).toBe(sha256(mode === "merge" ? theirs : mine));
      expect(after.objects.get(key)).toBe(sha256(mine));
    });
  });

  async function put(name: string, content: Buffer): Promise<void> {
    await target.objects.put(name, content, { size: content.length, sha256: sha256(content), contentType: "text/plain", when: "absent" });
  }

  const here = (rows: Rows) => insertRows(target, rows);

  async function importFiles(files: Rows[string], objects: Record<string, Buffer>, mode: ConflictMode) {
    const rows = { organizations: [sample.organizationRow(1)], files };
    return importChecked(target, await makeBundle(target.folder, rows, objects), mode);
  }
});
