import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { admin } from "./support/people";
import { contentsOf, differences, effectOn, neverImported } from "./support/contents";
import { chooseFile, chooseMode, exportBundle, importPreviewed, modes, readPlan, systemBackup, uploadAndPreview } from "./support/journeys";
import { expect, signIn, test } from "./support/test";

const wouldHappen = "What would happen with the rows of every table";
const wasDone = "What was done with the rows of every table";

test("moves everything from one installation to another, in each mode", async ({ open, source, target }, testInfo) => {
  const sending = await open(source, `${systemBackup}/export`, null);
  await signIn(sending, admin);
  const estimate = sending.getByRole("table", { name: "What the bundle will hold" });
  const assets = await source.value<number>("SELECT count(*)::int FROM assets");
  await expect(estimate.getByRole("row", { name: /^Assets/ })).toContainText(String(assets));
  const bundle = await exportBundle(sending, testInfo.outputDir);
  const sent = await contentsOf(source);
  expect(sent.objects.size).toBeGreaterThan(50);

  for (const { label } of modes) {
    await test.step(label, async () => {
      await target.clear();
      const before = await contentsOf(target);
      const page = await open(target, `${systemBackup}/import`);
      await chooseFile(page, bundle);
      await expect(page.getByText(`${assets}`, { exact: true })).toBeVisible();
      await uploadAndPreview(page);
      await chooseMode(page, label);
      expect(await contentsOf(target)).toEqual(before);
      await importPreviewed(page);
      const arrived = await contentsOf(target);
      const importer = await target.value<string>("SELECT id FROM users WHERE email = $1", [admin.email]);
      expect(differences(sent, arrived, importer)).toEqual([]);
      for (const table of neverImported) {
        expect(effectOn(table, before, arrived), table).toEqual({ inserted: 0, changed: 0, deleted: 0 });
      }
      await page.getByRole("link", { name: "Assets" }).click();
      await expect(page.getByRole("table", { name: "assets" })).toBeVisible();
    });
  }
});

test("does in each mode what the preview's numbers say", async ({ open, bundle, target }) => {
  for (const { label } of modes) {
    await test.step(label, async () => {
      await target.clear();
      const page = await open(target, `${systemBackup}/import`);
      await importOverRest(page, target.url, bundle);
      await target.pool.query(changes);
      const before = await contentsOf(target);

      await chooseFile(page, bundle);
      await uploadAndPreview(page);
      const plans = new Map<string, Awaited<ReturnType<typeof readPlan>>>();
      for (const other of modes) {
        await chooseMode(page, other.label);
        plans.set(other.label, await readPlan(page, wouldHappen));
      }
      expect(plans.get("Skip what exists")).toMatchObject({ vulnerabilities: { New: 7 }, assets: { Updated: 0 } });
      expect(plans.get("Merge")).toMatchObject({ assets: { Updated: 9 }, scopes: { "Other id": 3, Conflict: 1 } });
      expect(plans.get("Overwrite metadata only")).toMatchObject({ assets: { Updated: 4 }, vulnerabilities: { New: 7 } });
      await chooseMode(page, label);
      await importPreviewed(page);
      const plan = plans.get(label) ?? {};
      expect(await readPlan(page, wasDone)).toEqual(plan);

      const after = await contentsOf(target);
      for (const [table, counts] of Object.entries(plan)) {
        const { inserted, changed, deleted } = effectOn(table, before, after);
        expect({ table, inserted, deleted }).toEqual({ table, inserted: counts["New"], deleted: 0 });
        expect({ table, changed }).toEqual({ table, changed: counts["Updated"] });
      }
    });
  }
});

/** With the page's session, and without its views. */
async function importOverRest(page: Page, url: string, bundle: string): Promise<void> {
  const file = { name: "bundle.zip", mimeType: "application/zip", buffer: await readFile(bundle) };
  const answer = await page.context().request.post(`${url}/api/v1/admin/backup/import`, {
    headers: { origin: url },
    multipart: { conflict_mode: "merge", file },
  });
  expect(answer.status()).toBe(200);
}

/**
 * What makes a target differ: rows that are missing, that have other metadata or other values, that have another id, and
 * one whose id is here with another row's value.
 */
const changes = `
  DELETE FROM vulnerabilities WHERE id IN (SELECT id FROM vulnerabilities ORDER BY id LIMIT 7);
  UPDATE assets SET metadata = '{"seen": "elsewhere"}' WHERE id IN (SELECT id FROM assets ORDER BY id LIMIT 4);
  UPDATE assets SET risk_score = 1.25 WHERE id IN (SELECT id FROM assets ORDER BY id DESC LIMIT 5);
  UPDATE scopes SET id = gen_random_uuid() WHERE id IN (SELECT id FROM scopes ORDER BY value LIMIT 3);
  UPDATE scopes SET description = value, value = 'moved.example' WHERE id = (SELECT id FROM scopes ORDER BY value DESC LIMIT 1);
  INSERT INTO scopes (organization_id, type, value, status, created_by)
    SELECT organization_id, type, description, status, created_by FROM scopes WHERE value = 'moved.example';
`;
