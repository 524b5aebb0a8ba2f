import { defineConfig } from "@playwright/test";

/** Browser tests on two installations: `npm run e2e`. */
export default defineConfig({
  testDir: "e2e",
  outputDir: ".test/e2e",
  globalSetup: "./e2e/support/global-setup.ts",
  // All tests share the two installations.
  workers: 1,
  fullyParallel: false,
  // A test that passes the second time is broken all the same.
  retries: 0,
  forbidOnly: ["true", "1"].includes(process.env["CI"] ?? ""),
  // Journeys, each through several exports and imports on a busy machine.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    trace: "off",
    video: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        // Of what surrounds the page, nothing is under test, and root has no sandbox.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
