/** Where the Tab key goes on a page, and whether that can be seen. */
import type { Page } from "playwright-core";

export interface Stop {
  /** `a "People"` */
  name: string;
  top: number;
  bottom: number;
  left: number;
  /** Whether the focus can be seen. */
  ring: boolean;
  /** Whether the page says an order of its own, which it mustn't. */
  numbered: boolean;
  /** Whether it stands before what has the focus as the page opens. */
  passed: boolean;
}

/**
 * Every element that the Tab key comes to: without numbers of its own a page is walked in the order in which it is written.
 * One press makes the browser show the focus as it does for a keyboard; the rest is done by script, since a press takes long.
 */
export async function focusOrder(page: Page): Promise<Stop[]> {
  await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const said = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";
    const stops = [...document.querySelectorAll<HTMLElement>(said)].filter(
      (element) =>
        element.tabIndex >= 0 &&
        !element.matches(":disabled") &&
        element.checkVisibility({ visibilityProperty: true }),
    );
    const answer = document.querySelector("[autofocus]");
    const found = stops.map((element) => {
      element.focus();
      const { top, bottom, left } = element.getBoundingClientRect();
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const words = (element.textContent || element.getAttribute("name") || "").trim();
      return {
        name: `${element.tagName.toLowerCase()} "${words.slice(0, 40)}"`,
        top: top + scrollY,
        bottom: bottom + scrollY,
        left: left + scrollX,
        ring:
          document.activeElement === element &&
          outlineStyle !== "none" &&
          Number.parseFloat(outlineWidth) > 0,
        numbered: element.tabIndex > 0,
        passed:
          (answer?.compareDocumentPosition(element) ?? 0) === Node.DOCUMENT_POSITION_PRECEDING,
      };
    });
    (document.activeElement as HTMLElement | null)?.blur();
    scrollTo(0, 0);
    return found;
  });
}

/** The same by pressing the key, as people do. Inputs of several parts take several presses and are one stop. */
export async function pressThrough(page: Page, stops: number): Promise<string[]> {
  const names: string[] = [];
  let last: unknown = null;
  for (let presses = 0; names.length < stops && presses < stops * 5; presses++) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const words = (element.textContent || element.getAttribute("name") || "").trim();
      const key = `${element.tagName.toLowerCase()} "${words.slice(0, 40)}"`;
      return element.matches('input[type="date"]') ? `${key} of several parts` : key;
    });
    if (name === null) break;
    if (name === last && name.endsWith("parts")) continue;
    last = name;
    names.push(name.replace(" of several parts", ""));
  }
  return names;
}
