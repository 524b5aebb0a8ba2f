import type { Page } from "@playwright/test";
import { checkView, expectNothingFound, takePicture } from "./support/accessibility";
import { chooseFile, chooseMode, exportBundle, importPreviewed, systemBackup, uploadAndPreview } from "./support/journeys";
import { admin, member } from "./support/people";
import { expect, signIn, test } from "./support/test";

// Some fifteen views each, looked at four times.
test.setTimeout(300_000);

const apiKeys = "/settings/administration/api-keys";

test("axe finds nothing on the views of the inventory", async ({ open, source, target, errors }) => {
  errors.allow(/status of 40[134]|net::ERR_FAILED/);
  await target.clear();
  const page = await open(source, "/", null);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await checkView(page, "sign-in");

  const signedIn = await open(source, "/");
  await expect(signedIn.getByRole("main").getByRole("link", { name: /^Assets/ })).toBeVisible();
  await checkView(signedIn, "overview");
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
  await empty.goto(target.url);
  await expect(empty.getByRole("main").getByRole("link", { name: /^Assets/ })).toBeVisible();
  await checkView(empty, "an empty overview");
  await empty.goto(target.url + apiKeys);
  await expect(empty.getByRole("heading", { name: "Only administrators may see this" })).toBeVisible();
  await checkView(empty, "forbidden");
});

test("axe finds nothing on menus, on what is loading, on errors and on an expired session", async ({ open, source, errors }) => {
  errors.allow(/status of 401|net::ERR_FAILED/);
  const page = await open(source, "/");
  await page.getByRole("button", { name: /^Account of/ }).click();
  await expect(page.getByRole("group", { name: "Account" })).toBeVisible();
  await checkView(page, "the account menu");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(source.url);
  await page.getByRole("button", { name: "Open the menu" }).click();
  await expect(page.getByRole("dialog", { name: "Menu" })).toBeVisible();
  await checkView(page, "the menu");

  // Nothing is answered, and then nothing is reachable.
  const calls = /\/api\/trpc\//;
  await page.route(calls, () => undefined);
  for (const [view, path] of backedByCalls) {
    await page.goto(source.url + path);
    await expect(page.getByRole("main").getByRole("status").filter({ visible: true }).first()).toBeVisible();
    await checkView(page, `${view}, loading`);
  }
  await page.unroute(calls);
  await page.route(calls, (route) => route.abort());
  for (const [view, path] of backedByCalls) {
    await page.goto(source.url + path);
    await expect(page.getByRole("main").getByRole("alert").first()).toBeVisible();
    await checkView(page, `${view}, out of reach`);
  }
  await page.unroute(calls);

  const expired = await open(source, "/inventory/assets", null);
  await signIn(expired, admin);
  await expect(expired.getByRole("table", { name: "assets" })).toBeVisible();
  await expired.context().clearCookies();
  await expired.getByRole("table", { name: "assets" }).getByRole("row").nth(1).getByRole("button").first().click();
  await expect(expired.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
  await checkView(expired, "an expired session");
});

const backedByCalls = [
  ["files", "/inventory/files"],
  ["export", `${systemBackup}/export`],
  ["history", `${systemBackup}/history`],
  ["API keys", apiKeys],
] as const;

test("axe finds nothing on the views of System Backup", async ({ open, source, target, bundle }, testInfo) => {
  await target.clear();
  const exporting = await open(source, `${systemBackup}/export`);
  await expect(exporting.getByRole("table", { name: "What the bundle will hold" })).toBeVisible();
  await checkView(exporting, "export");
  await exportBundle(exporting, testInfo.outputDir);
  await checkView(exporting, "a finished export");

  const page = await open(target, `${systemBackup}/history`);
  await expect(page.getByText("Nothing yet")).toBeVisible();
  await checkView(page, "an empty history");
  await page.getByRole("link", { name: "Import", exact: true }).click();
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

  await target.pool.query(changes);
  await page.getByRole("button", { name: "Import another bundle" }).click();
  await chooseFile(page, bundle);
  await uploadAndPreview(page);
  await chooseMode(page, "Merge");
  await checkView(page, "a preview");
  await page.getByText("How to treat what is here already").first().evaluate((title) => {
    title.closest("section")?.scrollIntoView({ block: "start" });
    window.scrollBy(0, -16);
  });
  await takePicture(page, "preview", "light");
  await lookInside(page, "Scopes", "In conflict");
  await expect(page.getByText("Why it is left alone")).toBeVisible();
  await checkView(page, "a look inside at conflicts");
  await page.keyboard.press("Escape");
  await lookInside(page, "Vulnerabilities", "New");
  await checkView(page, "a look inside at new rows");
  await page.keyboard.press("Escape");
  await lookInside(page, "Assets", "Updated");
  await checkView(page, "a look inside at updated rows");
  await takePicture(page, "look-inside", "light");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Import…" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await checkView(page, "the question before an import");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
});

/** Of every outcome some rows. */
const changes = `
  DELETE FROM vulnerabilities WHERE id IN (SELECT id FROM vulnerabilities ORDER BY id LIMIT 60);
  DELETE FROM reports WHERE id IN (SELECT id FROM reports ORDER BY id LIMIT 5);
  DELETE FROM exposure_changes WHERE id IN (SELECT id FROM exposure_changes ORDER BY id LIMIT 40);
  DELETE FROM asset_edges WHERE id IN (SELECT id FROM asset_edges ORDER BY id LIMIT 120);
  UPDATE vulnerabilities SET status = 'open', remediation = 'Ask around.' WHERE id IN (SELECT id FROM vulnerabilities ORDER BY id DESC LIMIT 50);
  UPDATE assets SET risk_score = risk_score / 2, status = 'unknown', tags = '{unsorted}', last_seen_at = first_seen_at
    WHERE id IN (SELECT id FROM assets ORDER BY id LIMIT 90);
  UPDATE scopes SET id = gen_random_uuid() WHERE id IN (SELECT id FROM scopes ORDER BY value LIMIT 3);
  UPDATE scopes SET description = value, value = 'moved.example' WHERE id = (SELECT id FROM scopes ORDER BY value DESC LIMIT 1);
  INSERT INTO scopes (organization_id, type, value, status, created_by)
    SELECT organization_id, type, description, status, created_by FROM scopes WHERE value = 'moved.example';
`;

test("axe finds nothing on what the history and the API keys show", async ({ open, target }) => {
  await target.clear();
  await target.pool.query(
    `INSERT INTO backup_runs (kind, state, started_by, started_at, finished_at, options, bytes, error_code)
     SELECT kind::backup_run_kind, state::backup_run_state, id, now() - interval '1 hour', now() - interval '10 minutes',
            options::jsonb, 1234567, error_code
     FROM users, (VALUES ('export', 'interrupted', '{"include_files": true, "include_users": true}', NULL),
                         ('import', 'interrupted', '{"conflict_mode": "overwrite_metadata_only"}', NULL),
                         ('import', 'failed', '{"conflict_mode": "merge"}', 'plan_changed'),
                         ('export', 'aborted', '{}', 'run_stopped')) AS ended (kind, state, options, error_code)
     WHERE email = $1`,
    [admin.email],
  );
  const page = await open(target, `${systemBackup}/history`);
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(5);
  await checkView(page, "history");
  for (const kind of ["Export", "Import"]) {
    await page.getByRole("row").filter({ hasText: "Interrupted" }).getByRole("link", { name: kind }).click();
    await expect(page.getByRole("heading", { name: `${kind} interrupted` })).toBeVisible();
    await expect(page.getByRole("alert").filter({ hasText: "by a crash or a power failure" })).toBeVisible();
    await checkView(page, `an interrupted ${kind.toLowerCase()}`);
    await page.getByRole("link", { name: "All exports and imports" }).click();
  }

  await page.goto(target.url + apiKeys);
  await page.getByRole("button", { name: "New API key" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeVisible();
  await checkView(page, "a new API key");
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await expect(dialog.getByRole("alert").first()).toBeVisible();
  await checkView(page, "a new API key without a name");
  await dialog.getByLabel("Name").fill("x".repeat(60));
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await expect(dialog.getByRole("heading", { name: "Your new API key" })).toBeVisible();
  await checkView(page, "a made API key");
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(dialog).toBeHidden();
  await checkView(page, "API keys");
  await page.getByRole("button", { name: /^Revoke x/ }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await checkView(page, "the question before a key is revoked");

  // The system's theme changes while a dialog is open: at no moment are there colours of neither.
  await page.evaluate(() => delete document.documentElement.dataset["theme"]);
  for (const colorScheme of ["dark", "light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNothingFound(page, `the system's theme, ${colorScheme}`);
  }
});

async function lookInside(page: Page, table: string, kind: string): Promise<void> {
  await page.getByRole("button", { name: `Look inside ${table}` }).click();
  const tab = page.getByRole("dialog").getByRole("tab", { name: new RegExp(`^${kind} `) });
  await tab.click();
  await expect(page.getByRole("dialog").getByRole("table").first()).toBeVisible();
}
