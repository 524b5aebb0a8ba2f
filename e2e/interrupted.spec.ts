import type { Page } from "@playwright/test";
import { contentsOf } from "./support/contents";
import { chooseFile, chooseMode, exportBundle, importPreviewed, systemBackup, uploadAndPreview } from "./support/journeys";
import { enlarge } from "./support/large-bundle";
import { admin } from "./support/people";
import { expect, signIn, test } from "./support/test";

/** Bytes a second: an upload of some twenty megabytes takes long enough to be interrupted. */
const slowly = 2_000_000;

test.beforeEach(async ({ target }) => target.clear());

test.afterEach(async ({ target }) => target.line.limit(Infinity));

test("an export that is stopped leaves no bundle and a record of who stopped it", async ({ open, source, holdExports }, testInfo) => {
  const page = await open(source, `${systemBackup}/export`);
  await expect(page.getByText(/The bundle will have about/).first()).toBeVisible();
  const hold = await holdExports(source);
  const begun = page.waitForEvent("download");
  await page.getByRole("button", { name: "Start the export" }).click();
  const download = await begun;
  await expect(page.getByRole("heading", { name: "Export under way" })).toBeVisible();
  await page.getByRole("button", { name: "Stop the export" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Stop the export" }).click();
  await expect(page.getByRole("heading", { name: "Export stopped" })).toBeVisible();
  expect(await download.failure()).not.toBeNull();
  await hold.letGo();
  await page.getByRole("link", { name: "History" }).click();
  const row = page.getByRole("table").getByRole("row").nth(1);
  await expect(row).toContainText("Stopped");
  await expect(row).toContainText(admin.email);
  await page.getByRole("link", { name: "Export", exact: true }).first().click();
  await exportBundle(page, testInfo.outputDir);
});

test("an upload that is cancelled, and one whose connection breaks, can be sent again", async ({ open, target, bundle, errors }, testInfo) => {
  errors.allow(/net::ERR_/);
  const before = await contentsOf(target);
  const page = await open(target, `${systemBackup}/import`);
  await chooseFile(page, await enlarge(bundle, testInfo.outputPath("small.zip")));
  target.line.limit(slowly);
  await startSending(page);
  await page.getByRole("button", { name: "Cancel the upload" }).click();
  await expect(page.getByText("The upload was cancelled. Nothing was kept or changed.")).toBeVisible();

  await startSending(page, "Upload again");
  await target.line.cut();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("The connection was lost in the middle of the upload");
  expect(await contentsOf(target)).toEqual(before);

  target.line.limit(Infinity);
  await target.line.mend();
  await page.getByRole("button", { name: "Upload again" }).click();
  await expect(page.getByRole("heading", { name: "Preview", exact: true })).toBeVisible();
  expect(await contentsOf(target)).toEqual(before);
});

test("an import goes on while its page is away, and is shown when it comes back", async ({ open, target, bundle, errors }) => {
  errors.allow(/net::ERR_/);
  const page = await open(target, `${systemBackup}/import`);
  await chooseFile(page, bundle);
  await uploadAndPreview(page);
  await page.getByRole("button", { name: "Import…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Import", exact: true }).click();
  await page.waitForURL(/[?&]run=/);
  await target.line.cut();
  await expect.poll(() => target.value("SELECT state FROM backup_runs WHERE kind = 'import'"), { timeout: 60_000 }).toBe("succeeded");
  await target.line.mend();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible({ timeout: 40_000 });
  await page.reload();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
});

test("a session that ends in another tab is asked for where one stands, and nothing is lost", async ({ open, target, bundle, errors }) => {
  errors.allow(/status of 401/);
  const page = await open(target, `${systemBackup}/import`, null);
  await signIn(page, admin);
  await chooseFile(page, bundle);
  await uploadAndPreview(page);
  await chooseMode(page, "Merge");

  const other = await page.context().newPage();
  await other.goto(target.url);
  await other.getByRole("button", { name: /^Account of/ }).click();
  await other.getByRole("button", { name: "Sign out" }).click();
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();

  // The page asks the server now and then whether another import is running, and so finds out by itself.
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Password").fill(admin.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("radio", { name: "Merge" })).toBeChecked();
  await page.getByRole("button", { name: "Look inside Assets" }).click();
  await expect(page.getByRole("dialog", { name: "Inside Assets" }).getByRole("table").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await importPreviewed(page);
});

/** To where a part has arrived. */
async function startSending(page: Page, button = "Upload and preview"): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await expect(page.getByRole("progressbar", { name: "Upload" })).toBeVisible();
  await expect(page.getByText(/^about [\d.]+ s$/)).toBeVisible();
}
