import { expect, type Locator, type Page } from "@playwright/test";

/** No page has more places to go to; a focus that comes by here again is caught somewhere. */
const mostSteps = 120;

/** Goes on with Tab until it is there; wherever it comes by, one sees where one is. */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let step = 0; step < mostSteps; step += 1) {
    await page.keyboard.press(key);
    expect(await describeFocus(page), "what has the focus and does not show it").toBeNull();
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${mostSteps} times ${key} lead to everything but ${target.toString()}.`);
}

/** Tabs to it and presses a key there. */
export async function pressOn(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Null where an outline marks what has the focus, or where the focus left the page for the browser's own bars. */
async function describeFocus(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return null;
    const marked = [focused, focused.closest("label")].some((element) => {
      if (element === null) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
    });
    const { width, height } = focused.getBoundingClientRect();
    return marked && width > 1 && height > 1 ? null : focused.outerHTML.slice(0, 200);
  });
}

/** Collects what live regions say from now on, on this page and those that it goes on to. */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const said: string[] = [];
    const regions = "[aria-live], [role=status], [role=alert]";
    const note = (node: Node | null) => {
      const element = node instanceof Element ? node : (node?.parentElement ?? null);
      const found = [element?.closest(regions) ?? null, ...(element?.querySelectorAll(regions) ?? [])];
      for (const region of found) {
        const text = region?.textContent?.trim() ?? "";
        if (text !== "" && said.at(-1) !== text) said.push(text);
      }
    };
    new MutationObserver((changes) => {
      for (const { type, target, addedNodes } of changes) {
        if (type === "characterData") note(target);
        for (const node of addedNodes) note(node);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
    Object.assign(globalThis, { said });
  });
  return () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
}
