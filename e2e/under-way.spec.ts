import type { Locator, Page } from "@playwright/test";
import { checkView } from "./support/accessibility";
import { chooseFile, systemBackup, uploadAndPreview } from "./support/journeys";
import { enlarge } from "./support/large-bundle";
import { admin } from "./support/people";
import { expect, test } from "./support/test";

test.setTimeout(300_000);

/** Bytes a second: some megabytes take long enough to be looked at. */
const slowly = 2_000_000;

/** Hardly a byte gets through. */
const atAStandstill = 1;

test.beforeEach(async ({ target }) => target.clear());

test("an export under way", async ({ open, source, holdExports }) => {
  const page = await open(source, `${systemBackup}/export`);
  await expect(page.getByText(/The bundle will have about/).first()).toBeVisible();
  const hold = await holdExports(source);
  const begun = page.waitForEvent("download");
  await page.getByRole("button", { name: "Start the export" }).click();
  const download = await begun;
  await expect(page.getByRole("heading", { name: "Export under way" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Stop the export" })).toBeVisible();
  await checkView(page, "an export under way");
  await page.getByRole("button", { name: "Stop the export" }).click();
  await checkView(page, "the question before an export is stopped");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await hold.letGo();
  await expect(page.getByRole("heading", { name: "Export finished" })).toBeFocused();
  expect(await download.failure()).toBeNull();
});

test("an upload under way, one that stalls, and one that is given up", async ({ open, target, bundle, errors }, testInfo) => {
  errors.allow(/net::ERR_/);
  const page = await open(target, "/");
  await page.clock.install();
  await page.goto(`${target.url}${systemBackup}/import`);
  await chooseFile(page, await enlarge(bundle, testInfo.outputPath("small.zip")));
  await expect(page.getByRole("button", { name: "Upload and preview" })).toBeVisible();
  target.line.limit(slowly);
  await page.getByRole("button", { name: "Upload and preview" }).click();
  await expect(page.getByText(/^about \d+ s$/)).toBeVisible();

  target.line.limit(atAStandstill);
  const stalled = page.getByRole("status").filter({ hasText: "Nothing is being sent any more" });
  // What lies in buffers still goes out for a while.
  await afterQuietSeconds(page, 9, stalled);
  await checkView(page, "an upload that stalls");
  await afterQuietSeconds(page, 60, page.getByRole("main").getByRole("alert"));
  await expect(page.getByRole("main").getByRole("alert")).toContainText("The connection was lost in the middle of the upload");
  await checkView(page, "an upload that was given up");

  await target.line.cut();
  target.line.limit(Infinity);
  await target.line.mend();
  await page.getByRole("button", { name: "Upload again" }).click();
  await expect(page.getByRole("heading", { name: "Preview", exact: true })).toBeFocused();
});

test("an import under way, for its admin and for another", async ({ open, target, bundle, holdImports }) => {
  const [page, other] = [await open(target, `${systemBackup}/import`), await open(target, `${systemBackup}/import`)];
  for (const waiting of [page, other]) {
    await chooseFile(waiting, bundle);
    await uploadAndPreview(waiting);
  }
  const hold = await holdImports(target);
  await page.getByRole("button", { name: "Import…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Import under way" })).toBeFocused();
  await expect(page.getByRole("heading", { name: "Writing rows: Reports" })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Write rows" })).toHaveAttribute("aria-current", "step");
  await checkView(page, "an import under way");

  await expect(other.getByRole("status").filter({ hasText: `${admin.email} started it` })).toBeVisible();
  await checkView(other, "a preview while an import runs");
  await other.getByRole("link", { name: "History" }).click();
  const running = other.getByRole("row").filter({ hasText: "Running" });
  await expect(running).toContainText("Writing rows: Reports");
  await checkView(other, "a history while an import runs");
  await running.getByRole("link", { name: "Import" }).click();
  await expect(other.getByRole("heading", { name: "Import under way" })).toBeVisible();
  await expect(other.locator(":focus")).toHaveCount(1);
  await other.getByRole("button", { name: "Stop the import" }).focus();

  await hold.letGo();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeFocused();
  await expect(other.getByRole("heading", { name: "Import finished" })).toBeFocused();
});

/** Lets the page's clock run on until nothing happened for so long. */
async function afterQuietSeconds(page: Page, seconds: number, shown: Locator): Promise<void> {
  await expect(async () => {
    await page.clock.fastForward(seconds * 1000);
    await expect(shown).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
}
