import { expect, test } from "./support/test";
import { listen, pressOn, tabTo } from "./support/keyboard";
import { systemBackup } from "./support/journeys";
import { admin } from "./support/people";

const phone = { width: 390, height: 844 };

test("everything that moves a state is done with the keyboard alone, and is said", async ({ open, source, target, errors }, testInfo) => {
  errors.allow(/status of 401/);
  await target.clear();

  // Signing in, and an export.
  const sending = await open(source, "/sign-in", null);
  const saidAtSource = await listen(sending);
  await tabTo(sending, sending.getByLabel("E-mail"));
  await sending.keyboard.type(admin.email);
  await tabTo(sending, sending.getByLabel("Password"));
  await sending.keyboard.type(admin.password);
  await sending.keyboard.press("Enter");
  await expect(sending.getByRole("heading", { name: "Overview" })).toBeVisible();
  await sending.keyboard.press("Tab");
  await expect(sending.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await pressOn(sending, sending.getByRole("link", { name: "System Backup" }));
  await expect(sending.getByRole("heading", { name: "What to export" })).toBeVisible();
  await expect(sending.getByRole("link", { name: "System Backup" })).toBeFocused();
  await pressOn(sending, sending.getByRole("checkbox", { name: "Users" }), "Space");
  await expect(sending.getByRole("checkbox", { name: "Users" })).toBeChecked();
  const begun = sending.waitForEvent("download");
  await pressOn(sending, sending.getByRole("button", { name: "Start the export" }));
  const bundle = testInfo.outputPath("bundle.zip");
  await (await begun).saveAs(bundle);
  await expect(sending.getByRole("heading", { name: "Export finished" })).toBeFocused();
  expect(await saidAtSource()).toEqual(expect.arrayContaining([expect.stringMatching(/^The bundle will have about .*B\.$/)]));

  // A file, a mode, a look inside.
  const page = await open(target, systemBackup);
  const said = await listen(page);
  await page.goto(`${target.url}${systemBackup}`);
  await pressOn(page, page.getByRole("link", { name: "Import", exact: true }));
  const chooser = page.waitForEvent("filechooser");
  await pressOn(page, page.getByRole("button", { name: "Choose a file" }));
  await (await chooser).setFiles(bundle);
  await expect(page.getByRole("heading", { name: "bundle.zip" })).toBeFocused();
  await pressOn(page, page.getByRole("button", { name: "Upload and preview" }));
  await expect(page.getByRole("heading", { name: "Preview", exact: true })).toBeFocused();
  await tabTo(page, page.getByRole("radio", { name: "Skip what exists" }));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "Merge" })).toBeFocused();
  await expect(page.getByRole("radio", { name: "Merge" })).toBeChecked();
  const look = page.getByRole("button", { name: "Look inside Assets" });
  await pressOn(page, look);
  const inside = page.getByRole("dialog");
  await expect(inside.getByRole("table")).toBeVisible();
  await pressOn(page, inside.getByRole("button", { name: "Next" }));
  await expect(inside.getByText(/^21–40 of/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(inside).toBeHidden();
  await expect(look).toBeFocused();

  // The question, which first is answered with no.
  const start = page.getByRole("button", { name: "Import…" });
  await tabTo(page, start, "Shift+Tab");
  await page.keyboard.press("Enter");
  const question = page.getByRole("alertdialog");
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(start).toBeFocused();
  await page.keyboard.press("Enter");
  await pressOn(page, question.getByRole("button", { name: "Import", exact: true }));
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeFocused();
  const done = page.getByRole("region", { name: "What was done with the rows of every table" });
  await tabTo(page, done);
  expect(await said()).toEqual(
    expect.arrayContaining([
      "Looking into the file",
      expect.stringMatching(/^Uploading, \d+ percent\.$/),
      expect.stringMatching(/^Merge: [\d,]+ rows would be inserted, 0 updated, \d+ files \(.*\) written\.$/),
    ]),
  );

  // The history, and back to it.
  await tabTo(page, page.getByRole("link", { name: "History" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await pressOn(page, page.getByRole("table").getByRole("link", { name: "Import" }));
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await pressOn(page, page.getByRole("link", { name: "All exports and imports" }));
  await expect(page.getByRole("table")).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
});

test("API keys, the menu of a phone and a record, with the keyboard alone", async ({ open, target, source }) => {
  const page = await open(target, "/");
  const said = await listen(page);
  await page.setViewportSize(phone);
  await page.reload();
  const menu = page.getByRole("button", { name: "Open the menu" });
  await pressOn(page, menu);
  await expect(page.getByRole("dialog", { name: "Menu" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Menu" })).toBeHidden();
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  const account = page.getByRole("button", { name: /^Account of/ });
  await pressOn(page, account);
  await pressOn(page, page.getByRole("radio", { name: "As the system" }), "ArrowDown");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.keyboard.press("Escape");
  await expect(account).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: "API keys" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await expect(menu).toBeFocused();

  const make = page.getByRole("button", { name: "New API key" });
  await pressOn(page, make);
  const dialog = page.getByRole("dialog");
  await tabTo(page, dialog.getByLabel("Name"));
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("heading", { name: "Your new API key" })).toBeVisible();
  await expect(dialog).toBeFocused();
  const prefix = (await dialog.locator("pre").first().innerText()).slice(0, 8);
  await pressOn(page, dialog.getByRole("button", { name: "I have copied it" }));
  await expect(make).toBeFocused();
  const row = page.getByRole("row").filter({ hasText: prefix });
  await pressOn(page, row.getByRole("button", { name: "Revoke by keyboard" }));
  await pressOn(page, page.getByRole("alertdialog").getByRole("button", { name: "Revoke the key" }));
  await expect(row).toContainText("Revoked");
  await expect(page.getByRole("region", { name: "API keys" })).toBeFocused();
  expect(await said()).toEqual(expect.arrayContaining([expect.stringMatching(/by keyboard.*revoked/)]));

  const inventory = await open(source, "/inventory/assets");
  const name = inventory.getByRole("table", { name: "assets" }).getByRole("row").nth(2).getByRole("button");
  await pressOn(inventory, name);
  await expect(inventory.getByRole("dialog").getByRole("button", { name: "Copy as JSON" })).toBeVisible();
  await inventory.keyboard.press("Escape");
  await expect(name).toBeFocused();
});
