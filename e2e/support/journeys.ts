import { expect, type Page } from "@playwright/test";
import path from "node:path";

export const systemBackup = "/settings/administration/system-backup";

export const modes = [
  { mode: "skip_existing", label: "Skip what exists" },
  { mode: "merge", label: "Merge" },
  { mode: "overwrite_metadata_only", label: "Overwrite metadata only" },
] as const;

/** From the export page to the finished download. @returns where it lies now, under the name that the server gave it */
export async function exportBundle(page: Page, folder: string): Promise<string> {
  const begun = page.waitForEvent("download");
  await page.getByRole("button", { name: "Start the export" }).click();
  const download = await begun;
  expect(download.suggestedFilename()).toMatch(/^system-backup-\d{8}T\d{6}Z\.zip$/);
  await expect(page.getByRole("heading", { name: "Export finished" })).toBeVisible();
  expect(await download.failure()).toBeNull();
  const file = path.join(folder, download.suggestedFilename());
  await download.saveAs(file);
  return file;
}

/** On the import page. */
export async function chooseFile(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await expect(page.getByRole("button", { name: "Choose a file" })).toBeVisible();
  await page.locator("input[type=file]").setInputFiles(file);
}

/** From a chosen bundle to its preview. */
export async function uploadAndPreview(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Upload and preview" }).click();
  await expect(page.getByRole("heading", { name: "Preview", exact: true })).toBeVisible();
}

export async function chooseMode(page: Page, label: string): Promise<void> {
  await page.getByRole("radio", { name: label }).click();
  await expect(page.getByRole("radio", { name: label })).toBeChecked();
}

/** From a preview to the end of the import. */
export async function importPreviewed(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Import…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Import finished" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("The import did exactly what the preview said.")).toBeVisible();
}

/** The numbers in a table of rows by outcome, by the table's name as people call it. */
export async function readPlan(page: Page, label: string): Promise<Record<string, Record<string, number>>> {
  const table = page.getByRole("table", { name: label });
  const [, , ...headers] = await table.getByRole("columnheader").allInnerTexts();
  const plan: Record<string, Record<string, number>> = {};
  for (const row of (await table.getByRole("row").all()).slice(1)) {
    const name = (await row.getByRole("rowheader").innerText()).split("\n")[0] ?? "";
    const [, ...cells] = await row.getByRole("cell").allInnerTexts();
    const counts = headers.map((header, index): [string, number] => [header, numberOf(cells[index])]);
    plan[name.toLowerCase().replaceAll(" ", "_")] = Object.fromEntries(counts.filter(([, count]) => !Number.isNaN(count)));
  }
  return plan;
}

/** As the page writes numbers: with a separator for thousands. */
export function numberOf(text: string | undefined): number {
  return Number.parseInt((text ?? "").replaceAll(/[^\d]/g, ""), 10);
}
