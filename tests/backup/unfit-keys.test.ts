import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { createInstallation, type Installation } from "../support/backup";
import { insertRows } from "../support/backup/insert-rows";
import * as sample from "../support/backup/sample-rows";

let source: Installation;
let target: Installation;
beforeAll(async () => {
  source = await createInstallation();
  target = await createInstallation();
});
beforeEach(() => source.clear());
afterAll(async () => {
  await source.drop();
  await target.drop();
});

async function exportKeys(...keys: string[]) {
  const files = keys.map((key, index) => sample.fileRow(60 + index, 1, Buffer.from("x"), { object_key: key }));
  await insertRows(source, { organizations: [sample.organizationRow(1)], files });
  const { path, warnings } = await source.exportWith({ include_files: false });
  return { path, warning: warnings.find(({ code }) => code === "object_key_unfit") };
}

/** What the two say of a key must be the same: the export in SQL, the import in its own code. */
test.each(["/a", "\\a", "C:\\a", "c:a", "a/../b", "..", "a\\..\\b", "a\u0001", "a\u007f", "a\u0085", "system-backup/put-aside/x/y"])(
  "an export warns of the key %j, which an import refuses",
  async (key) => {
    const { path, warning } = await exportKeys(key);
    expect(warning).toMatchObject({ table: "files", count: 1 });
    await expect(target.preview(path)).rejects.toMatchObject({ code: "invalid_rows" });
  },
);

test.each(["a..b", "...", "a/...", "ü/日本", "ab:c", "system-backup/x", "a\u00a0"])("of %j neither says anything", async (key) => {
  const { path, warning } = await exportKeys(key);
  expect(warning).toBeUndefined();
  expect((await target.preview(path)).counts.files).toBe(1);
});

test("it counts them all and names the first five", async () => {
  const { warning } = await exportKeys("/1", "/2", "/3", "/4", "/5", "/6", "fine");
  expect(warning?.count).toBe(6);
  expect(warning?.message).toContain('"/5" …');
});
