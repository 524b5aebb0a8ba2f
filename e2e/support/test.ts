import { test as base, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testEnvironment } from "./environment";
import { holdExports, holdImports, type Hold } from "./holds";
import { watchForErrors, type ErrorWatch } from "./error-watch";
import { openInstallation, type Installation } from "./installation";
import { exportBundle, systemBackup } from "./journeys";
import { admin, type Person } from "./people";

type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface TestFixtures {
  errors: ErrorWatch;
  /** Has the next export or import of an installation wait near its end; at the end of the test at the latest it goes on. */
  holdExports: (installation: Installation) => Promise<Hold>;
  holdImports: (installation: Installation) => Promise<Hold>;
  /** A new browser session on an installation; the last cookies of that person there are used again. */
  open: (installation: Installation, path: string, person?: Person | null) => Promise<Page>;
}

interface WorkerFixtures {
  source: Installation;
  target: Installation;
  /** A bundle of the whole source, as a browser downloaded it. */
  bundle: string;
  sessions: Map<string, StorageState>;
}

const wide = { width: 1440, height: 900 };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  // nginx' certificate is one that nobody signed. Trusted from the start: where each connection's error is waved through
  // as it comes (ignoreHTTPSErrors), a request now and then ends with ERR_TOO_MANY_RETRIES.
  launchOptions: [
    async ({ launchOptions }, use) => {
      const trust = `--ignore-certificate-errors-spki-list=${testEnvironment().trustedKeys.join(",")}`;
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), trust] });
    },
    { scope: "worker" },
  ],
  source: [
    async ({}, use) => {
      const source = await openInstallation(testEnvironment().source);
      await use(source);
      await source.close();
    },
    { scope: "worker" },
  ],
  target: [
    async ({}, use) => {
      const target = await openInstallation(testEnvironment().target);
      await use(target);
      await target.close();
    },
    { scope: "worker" },
  ],
  bundle: [
    async ({ browser, sessions, source }, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), "system-backup-bundles-"));
      const errors = watchForErrors();
      const context = await newContext(browser, errors, await session(browser, sessions, source, admin));
      const page = await context.newPage();
      await page.goto(`${source.url}${systemBackup}/export`);
      const file = await exportBundle(page, folder);
      await context.close();
      errors.expectNone();
      await use(file);
      await rm(folder, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  sessions: [async ({}, use) => use(new Map()), { scope: "worker" }],
  errors: async ({}, use) => {
    const watch = watchForErrors();
    await use(watch);
    watch.expectNone();
  },
  holdExports: async ({}, use) => untilTheEnd(holdExports, use),
  holdImports: async ({}, use) => untilTheEnd(holdImports, use),
  open: async ({ browser, errors, sessions }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (installation, path, person = admin) => {
      const state = person === null ? undefined : await session(browser, sessions, installation, person);
      const context = await newContext(browser, errors, state);
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(installation.url + path);
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

export { expect } from "@playwright/test";

type Holder = (installation: Installation) => Promise<Hold>;

async function untilTheEnd(holder: Holder, use: (holder: Holder) => Promise<void>): Promise<void> {
  const holds: Hold[] = [];
  await use(async (installation) => {
    const hold = await holder(installation);
    holds.push(hold);
    return hold;
  });
  for (const hold of holds) await hold.letGo();
}

/** Every page of a test is in one of these, and none is without somebody who listens to its console. */
async function newContext(browser: Browser, errors: ErrorWatch, storageState?: StorageState): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: wide,
    locale: "en-GB",
    timezoneId: "UTC",
    // For requests that tests make beside the browser, which know of no trusted keys.
    ignoreHTTPSErrors: true,
    ...(storageState === undefined ? {} : { storageState }),
  });
  errors.watch(context);
  return context;
}

/** Signing in takes a moment, by design; one session for each person and installation does for many tests. */
async function session(
  browser: Browser,
  sessions: Map<string, StorageState>,
  installation: Installation,
  person: Person,
): Promise<StorageState> {
  const name = `${installation.url} ${person.email}`;
  const known = sessions.get(name);
  if (known !== undefined) return known;
  const errors = watchForErrors();
  const context = await newContext(browser, errors);
  const page = await context.newPage();
  await page.goto(`${installation.url}/sign-in`);
  await signIn(page, person);
  await page.waitForURL(`${installation.url}/`);
  const state = await context.storageState();
  await context.close();
  errors.expectNone();
  sessions.set(name, state);
  return state;
}

/** Fills in the form that is there, on the sign-in page or in a dialog. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
