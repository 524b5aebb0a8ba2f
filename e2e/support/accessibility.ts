import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const themes = ["light", "dark"] as const;

type Theme = (typeof themes)[number];

/** A desk in both themes, a tablet and a phone in one each: what is there at other sizes has the same colours. */
const looks: readonly { width: number; height: number; themes: readonly Theme[] }[] = [
  { width: 1440, height: 900, themes },
  { width: 768, height: 1024, themes: ["light"] },
  { width: 390, height: 844, themes: ["dark"] },
];

/** What the README shows; written anew with `SCREENSHOTS=1 npx playwright test views`. */
const screenshots = "docs/screenshots";

/** Has axe look at a view as it stands, and sees that the page scrolls down only. */
export async function checkView(page: Page, view: string): Promise<void> {
  const before = page.viewportSize();
  for (const { themes: shown, ...size } of looks) {
    await page.setViewportSize(size);
    for (const theme of shown) {
      await choose(page, theme);
      await expectNothingFound(page, `${view}, ${size.width} pixels, ${theme}`);
    }
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beyond, `pixels of ${view} beyond ${size.width}`).toBe(0);
  }
  if (before !== null) await page.setViewportSize(before);
}

export async function expectNothingFound(page: Page, what: string): Promise<void> {
  // There are no frames, and without this axe opens a page of its own for each look, which takes longer than the look.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`));
  expect(found, what).toEqual([]);
}

/** Keeps a picture for the README where one is asked for. */
export async function takePicture(page: Page, name: string, theme: Theme): Promise<void> {
  if (process.env["SCREENSHOTS"] === undefined) return;
  await choose(page, theme);
  await page.screenshot({ path: `${screenshots}/${name}-${theme}.png`, animations: "disabled" });
}

async function choose(page: Page, theme: Theme): Promise<void> {
  await page.evaluate((chosen) => {
    document.documentElement.dataset["theme"] = chosen;
  }, theme);
}
