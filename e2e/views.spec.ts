import { checkView } from "./support/accessibility";
import { chooseFile, chooseMode, exportBundle, importPreviewed, systemBackup, uploadAndPreview } from "./support/journeys";
import { member } from "./support/people";
import { expect, test } from "./support/test";

// Some twenty views, each looked at twice.
test.setTimeout(300_000);

const apiKeys = "/settings/administration/api-keys";

test("axe finds nothing on the views of the inventory, in either theme", async ({ open, source, target, errors }) => {
  errors.allow(/status of 40[34]/);
  await target.clear();
  const page = await open(source, "/", null);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await checkView(page, "sign-in");

  const signedIn = await open(source, "/");
  await expect(signedIn.getByRole("main").getByRole("link", { name: /^Assets/ })).toBeVisible();
  await checkView(signedIn, "overview", { picture: "overview" });
  for (const kind of ["organizations", "assets", "vulnerabilities", "files"]) {
    await signedIn.goto(`${source.url}/inventory/${kind}`);
    const rows = signedIn.getByRole("table", { name: kind }).getByRole("row");
    await expect(rows.nth(1)).toBeVisible();
    await checkView(signedIn, kind);
  }
  await signedIn.getByRole("table").getByRole("row").nth(1).getByRole("button").first().click();
  await expect(signedIn.getByRole("dialog").getByRole("link", { name: "Download" })).toBeVisible();
  await checkView(signedIn, "a file");
  await signedIn.goto(`${source.url}/inventory/assets?search=nothing-is-called-so`);
  await expect(signedIn.getByText("No assets match")).toBeVisible();
  await checkView(signedIn, "no matches");
  await signedIn.goto(`${source.url}/nowhere`);
  await expect(signedIn.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await checkView(signedIn, "not found");

  const empty = await open(target, "/inventory/assets", member);
  await expect(empty.getByText("No assets yet")).toBeVisible();
  await checkView(empty, "an empty inventory");
  await empty.goto(target.url + apiKeys);
  await checkView(empty, "forbidden");
});

test("axe finds nothing on the views of System Backup, in either theme", async ({ open, source, target, bundle }, testInfo) => {
  await target.clear();
  const exporting = await open(source, `${systemBackup}/export`);
  await expect(exporting.getByRole("table", { name: "What the bundle will hold" })).toBeVisible();
  await checkView(exporting, "export", { picture: "export" });
  await exportBundle(exporting, testInfo.outputDir);
  await checkView(exporting, "a finished export");

  const page = await open(target, `${systemBackup}/import`);
  await expect(page.getByText("At most 1.07 GB")).toBeVisible();
  await checkView(page, "import");
  await chooseFile(page, "tests/bundle/fixtures/refused/format_newer.version.zip");
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await checkView(page, "a refused file");
  await chooseFile(page, bundle);
  await expect(page.getByRole("button", { name: "Upload and preview" })).toBeVisible();
  await checkView(page, "a chosen file");
  await uploadAndPreview(page);
  await importPreviewed(page);
  await checkView(page, "a finished import");

  await target.pool.query(`
    UPDATE assets SET risk_score = 1.25 WHERE id IN (SELECT id FROM assets ORDER BY id LIMIT 90);
    UPDATE vulnerabilities SET metadata = '{}', remediation = 'Ask around.' WHERE id IN (SELECT id FROM vulnerabilities ORDER BY id LIMIT 60);
    DELETE FROM reports; DELETE FROM exposure_changes;
  `);
  await page.getByRole("button", { name: "Import another bundle" }).click();
  await chooseFile(page, bundle);
  await uploadAndPreview(page);
  await chooseMode(page, "Merge");
  await checkView(page, "a preview", { picture: "preview" });
  await page.getByRole("button", { name: "Look inside Assets" }).click();
  await expect(page.getByRole("dialog").getByText("risk_score").first()).toBeVisible();
  await checkView(page, "a look inside", { picture: "look-inside" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Import…" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await checkView(page, "the question before an import");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("table").getByRole("row").nth(1)).toBeVisible();
  await checkView(page, "history");
  await page.getByRole("table").getByRole("link", { name: "Import" }).first().click();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await checkView(page, "a run of the history");

  await page.goto(target.url + apiKeys);
  await page.getByRole("button", { name: "New API key" }).click();
  await expect(page.getByRole("dialog").getByLabel("Name")).toBeVisible();
  await checkView(page, "a new API key");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await checkView(page, "API keys");
});
