import { gzipSync } from "node:zlib";
import { systemBackup } from "./support/journeys";
import { expect, test } from "./support/test";

/** Bytes of script, compressed as nginx and the application compress it: a few seconds on a slow line. */
const most = 250_000;

const pages = [
  "/",
  "/inventory/organizations",
  "/inventory/assets",
  "/inventory/vulnerabilities",
  "/inventory/files",
  `${systemBackup}/export`,
  `${systemBackup}/import`,
  `${systemBackup}/history`,
  "/settings/administration/api-keys",
];

test("no page loads more than 250 kB of script at first", async ({ open, source }, testInfo) => {
  const found = new Map([["/sign-in", await scriptOf("/sign-in", null)]]);
  for (const path of pages) found.set(path, await scriptOf(path));
  testInfo.annotations.push({ type: "bytes of script", description: JSON.stringify(Object.fromEntries(found)) });
  for (const [path, bytes] of found) {
    expect(bytes, path).toBeGreaterThan(50_000);
    expect(bytes, path).toBeLessThan(most);
  }

  /** Without anything in a cache, until the network has been quiet for half a second. */
  async function scriptOf(path: string, person?: null): Promise<number> {
    const page = await open(source, path, ...(person === null ? [null] : []));
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    const scripts = new Map<string, Promise<Buffer>>();
    page.on("response", (response) => {
      if (response.request().resourceType() === "script") scripts.set(response.url(), response.body());
    });
    await page.reload({ waitUntil: "networkidle" });
    const bodies = await Promise.all(scripts.values());
    await page.close();
    return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  }
});
