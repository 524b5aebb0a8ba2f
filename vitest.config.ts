import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const alias = { "@": at("src") };

const globalSetup = ["tests/support/generated-global-setup.ts", "tests/support/postgres-global-setup.ts", "tests/support/s3-global-setup.ts"].filter((name) => existsSync(at(name)));

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: "unit", include: ["src/**/*.test.ts"], environment: "node", testTimeout: 20_000 },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["tests/**/*.test.ts"],
          environment: "node",
          globalSetup,
          // Real servers start inside tests and hooks.
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
    // The servers that the tests talk to need the machine as well.
    maxWorkers: 2,
  },
});
