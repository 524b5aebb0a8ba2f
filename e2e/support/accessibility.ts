import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const themes = ["light", "dark"] as const;

/** What the README shows; written anew with `SCREENSHOTS=1 npx playwright test views`. */
const screenshots = "docs/screenshots";

/** Has axe look at a view as it stands, in both themes; a picture of each is kept where one is asked for. */
export async function checkView(page: Page, view: string, { picture }: { picture?: string } = {}): Promise<void> {
  for (const theme of themes) {
    await page.evaluate(async (chosen) => {
      document.documentElement.dataset["theme"] = chosen;
      // Colours that are still on their way have the contrast of neither theme.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const finite = document.getAnimations().filter((animation) => animation.effect?.getTiming().iterations !== Infinity);
      await Promise.all(finite.map((animation) => animation.finished.catch(() => undefined)));
    }, theme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`));
    expect(found, `${view}, ${theme}`).toEqual([]);
    if (picture !== undefined && process.env["SCREENSHOTS"] !== undefined) {
      await page.screenshot({ path: `${screenshots}/${picture}-${theme}.png`, animations: "disabled" });
    }
  }
}
