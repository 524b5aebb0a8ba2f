import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { contentsOf, differences } from "./support/contents";
import { admin } from "./support/people";
import { expect, test } from "./support/test";

const run = promisify(execFile);
const apiKeys = "/settings/administration/api-keys";
const backup = "/api/v1/admin/backup";

test("keys made in the browser move everything with curl, until they are revoked", async ({ open, source, target }, testInfo) => {
  await target.clear();
  const sending = await open(source, apiKeys);
  const exporting = await makeKey(sending, "export");
  const receiving = await open(target, apiKeys);
  const importing = await makeKey(receiving, "import");
  const authorization = ["-H", `Authorization: Bearer ${importing.key}`];

  // As the page says it, from whichever folder one is in.
  await run("sh", ["-c", exporting.command], { cwd: testInfo.outputPath(".") });
  const bundle = testInfo.outputPath("bundle.zip");
  const preview = testInfo.outputPath("preview.json");
  await curl([...authorization, "-F", `file=@${bundle}`, "-o", preview, `${target.url}${backup}/import/preview`]);
  const { preview_id, plan } = JSON.parse(await readFile(preview, "utf8")) as Preview;
  const order = JSON.stringify({ preview_id, conflict_mode: "merge", expected_plan: plan.merge.digest });
  await curl([...authorization, "-H", "Content-Type: application/json", "-d", order, `${target.url}${backup}/import`]);
  const importer = await target.value<string>("SELECT id FROM users WHERE email = $1", [admin.email]);
  expect(differences(await contentsOf(source), await contentsOf(target), importer)).toEqual([]);

  await receiving.reload();
  const row = receiving.getByRole("row").filter({ hasText: importing.key.slice(0, 8) });
  await expect(row).toContainText(admin.email);
  await expect(row).not.toContainText("Never");
  await row.getByRole("button", { name: "Revoke import" }).click();
  await receiving.getByRole("alertdialog").getByRole("button", { name: "Revoke the key" }).click();
  await expect(row).toContainText("Revoked");
  const refused = curl([...authorization, `${target.url}${backup}/runs`]);
  await expect(refused).rejects.toMatchObject({ stdout: expect.stringContaining('"unauthorized"') });
});

interface Preview {
  preview_id: string;
  plan: { merge: { digest: string } };
}

/** nginx' certificate is one that nobody signed. */
async function curl(parameters: string[]): Promise<void> {
  await run("curl", ["-sSk", "--fail-with-body", "--max-time", "60", ...parameters]);
}

async function makeKey(page: Page, name: string): Promise<{ key: string; command: string }> {
  await page.getByRole("button", { name: "New API key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await expect(dialog.getByRole("heading", { name: "Your new API key" })).toBeVisible();
  const [key = "", command = ""] = await dialog.locator("pre").allInnerTexts();
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: key.slice(0, 8) })).toContainText("Active");
  return { key, command };
}
