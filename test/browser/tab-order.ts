/** Walks a page with the Tab key and says where the focus went. */
import type { Page } from "playwright-core";

export interface Stop {
  /** `a "People"` */
  name: string;
  top: number;
  bottom: number;
  left: number;
  /** Whether the focus can be seen. */
  ring: boolean;
}

/** More stops than any page has. */
const STOPS_MAX = 400;

/** Every element the Tab key comes to, in that order. Positions are those on the whole page. */
export async function focusOrder(page: Page): Promise<Stop[]> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
    scrollTo(0, 0);
  });
  const count = await page.evaluate(
    () =>
      [
        ...document.querySelectorAll<HTMLElement>(
          "a[href], button, input, select, textarea, summary, [tabindex]",
        ),
      ].filter(
        (element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }),
      ).length,
  );
  const stops: Stop[] = [];
  for (let n = 0; n < Math.min(count, STOPS_MAX); n++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (!element || element === document.body) return null;
      const { top, bottom, left } = element.getBoundingClientRect();
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const words = (element.textContent || element.getAttribute("name") || "").trim().slice(0, 40);
      return {
        name: `${element.tagName.toLowerCase()} "${words}"${element.tabIndex > 0 ? " (positive tabindex)" : ""}`,
        top: top + scrollY,
        bottom: bottom + scrollY,
        left: left + scrollX,
        ring:
          element.tabIndex <= 0 && outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0,
      };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}
