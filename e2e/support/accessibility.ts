import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const themes = ["light", "dark"] as const;

/** What the README shows; written anew with `SCREENSHOTS=1 npx playwright test views`. */
const screenshots = "docs/screenshots";

/** Has axe look at a view as it stands, in both themes; a picture of each is kept where one is asked for. */
export async function checkView(page: Page, view: string, { picture }: { picture?: string } = {}): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Colours that are still on their way have the contrast of neither theme.
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`));
    expect(found, `${view}, ${colorScheme}`).toEqual([]);
    if (picture !== undefined && process.env["SCREENSHOTS"] !== undefined) {
      await page.screenshot({ path: `${screenshots}/${picture}-${colorScheme}.png`, animations: "disabled" });
    }
  }
}
