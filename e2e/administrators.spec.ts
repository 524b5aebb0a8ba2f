import { readdir } from "node:fs/promises";
import path from "node:path";
import { contentsOf } from "./support/contents";
import { chooseFile, importPreviewed, systemBackup, uploadAndPreview } from "./support/journeys";
import { admin, member } from "./support/people";
import { expect, test } from "./support/test";

const second = { email: "second@example.com", password: admin.password };

test("two admins at once: the second is told who imports, and then that the target has changed", async ({ open, target, bundle, errors, holdImports }) => {
  errors.allow(/status of 409/);
  await target.clear();
  await target.pool.query(
    "INSERT INTO users (email, password_hash, role) SELECT $1, password_hash, role FROM users WHERE email = $2",
    [second.email, admin.email],
  );
  const [first, other] = [await open(target, `${systemBackup}/import`), await open(target, `${systemBackup}/import`, second)];
  for (const page of [first, other]) {
    await chooseFile(page, bundle);
    await uploadAndPreview(page);
  }
  await other.getByRole("button", { name: "Import…" }).click();

  const hold = await holdImports(target);
  await first.getByRole("button", { name: "Import…" }).click();
  await first.getByRole("alertdialog").getByRole("button", { name: "Import", exact: true }).click();
  await expect(first.getByRole("heading", { name: "Import under way" })).toBeVisible();

  const question = other.getByRole("alertdialog");
  await question.getByRole("button", { name: "Import", exact: true }).click();
  await expect(question.getByRole("alert")).toContainText(/Another import is running.*admin@example.com started it on/s);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(other.getByRole("status").filter({ hasText: "admin@example.com started it" })).toBeVisible();
  await expect(other.getByRole("button", { name: "Import…" })).toBeDisabled();

  await hold.letGo();
  await expect(first.getByRole("heading", { name: "Import finished" })).toBeVisible();
  const imported = await contentsOf(target);

  await expect(other.getByRole("button", { name: "Import…" })).toBeEnabled();
  await other.getByRole("button", { name: "Import…" }).click();
  await question.getByRole("button", { name: "Import", exact: true }).click();
  await expect(other.getByRole("heading", { name: "Import failed" })).toBeVisible();
  await expect(other.getByRole("main").getByRole("alert")).toContainText("This installation has changed since the preview");
  await other.getByRole("button", { name: "Compare again" }).click();
  await expect(other.getByText("Nothing would be written.").first()).toBeVisible();
  await importPreviewed(other);
  expect(await contentsOf(target)).toEqual(imported);
});

test("a member gets to no address of the administration", async ({ open, target, errors }) => {
  errors.allow(/status of 40[34]/);
  const page = await open(target, "/", member);
  const navigation = page.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link", { name: "Assets" })).toBeVisible();
  await expect(navigation.getByRole("link", { name: /System Backup|API keys/ })).toHaveCount(0);

  const pages = await addresses("src/app/(signed-in)/settings", "/settings", "page.tsx");
  expect(pages.length).toBeGreaterThanOrEqual(7);
  for (const address of pages) {
    await page.goto(target.url + address);
    await expect(page.getByRole("heading", { name: "Only administrators may see this" }), address).toBeVisible();
  }
  const routes = await addresses("src/app/api/v1/admin", "/api/v1/admin", "route.ts");
  expect(routes.length).toBeGreaterThanOrEqual(5);
  const request = page.context().request;
  for (const address of routes) {
    for (const method of ["GET", "POST"]) {
      const answer = await request.fetch(target.url + address, { method, headers: { origin: target.url }, maxRedirects: 0 });
      expect(`${method} ${address} ${answer.status()}`).toMatch(/ (403|405)$/);
      expect(["forbidden", "method_not_allowed"]).toContain(((await answer.json()) as { code: string }).code);
    }
  }
  for (const procedure of administrationProcedures) {
    const statuses: number[] = [];
    for (const method of ["GET", "POST"]) {
      const answer = await request.fetch(`${target.url}/api/trpc/${procedure}`, {
        method,
        headers: { origin: target.url, "content-type": "application/json" },
      });
      statuses.push(answer.status());
    }
    // One of them is the procedure's own; the other is not answered by anything.
    expect(`${procedure} ${statuses.toSorted().join(" ")}`).toBe(`${procedure} 403 405`);
  }
});

const administrationProcedures = [
  "apiKeys.list",
  "apiKeys.create",
  "apiKeys.revoke",
  "overview.lastRuns",
  "systemBackup.exports.estimate",
  "systemBackup.exports.prepare",
  "systemBackup.imports.conditions",
  "systemBackup.imports.start",
  "systemBackup.previews.get",
  "systemBackup.previews.refresh",
  "systemBackup.previews.rows",
  "systemBackup.runs.get",
  "systemBackup.runs.list",
  "systemBackup.runs.stop",
];

/** Every address below a folder of routes, with an id where it wants one. */
async function addresses(folder: string, address: string, leaf: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const here = entries.some(({ name }) => name === leaf) ? [address] : [];
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => {
    const segment = name.startsWith("[") ? "00000000-0000-4000-8000-000000000000" : name;
    return addresses(path.join(folder, name), `${address}/${segment}`, leaf);
  });
  return [...here, ...(await Promise.all(below)).flat()];
}
