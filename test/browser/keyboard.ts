/** The console by keyboard alone: from one control to the next, by the names that people hear. */
import type { Page } from "playwright-core";

/** More stops than any page has. */
const MOST = 150;

/** What the focus is on, by its name. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return "";
    const label = at.id === "" ? null : document.querySelector(`label[for="${at.id}"]`);
    const around = at.closest("label");
    const text = label ?? around ?? at;
    return (at.getAttribute("aria-label") ?? text.textContent ?? "").replace(/\s+/g, " ").trim();
  });

/** Tabs on until the focus is on what has this name. */
export async function reach(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let n = 0; n < MOST; n++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at === name) return;
    passed.push(at);
  }
  throw new Error(`no way by Tab to “${name}”; on the way: ${passed.join(" | ")}`);
}

/** Goes there and presses; waits for the page that comes of it. */
export async function press(page: Page, name: string, key: "Enter" | "Space" = "Enter") {
  await reach(page, name);
  await Promise.all([
    page.waitForEvent("framenavigated"),
    page.waitForLoadState("load"),
    page.keyboard.press(key),
  ]);
  await page.waitForLoadState("load");
}

/** Goes there and types in place of what stands there. */
export async function type(page: Page, name: string, text: string): Promise<void> {
  await reach(page, name);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

/** Goes to a menu of options and types one's beginning. */
export async function choose(page: Page, name: string, option: string): Promise<void> {
  await reach(page, name);
  await page.keyboard.type(option);
}

/** Opens the page and signs in on the way; the field for the token has the focus by itself, once Chromium has drawn the page. */
export async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(url);
  await page.locator("input:focus").waitFor();
  await page.keyboard.type(token);
  await Promise.all([
    page.waitForURL((at) => !at.pathname.endsWith("/sign-in")),
    page.keyboard.press("Enter"),
  ]);
  await page.getByRole("navigation").first().waitFor({ state: "attached" });
}
