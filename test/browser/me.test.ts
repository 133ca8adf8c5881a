import { readFile } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { ARTIFACTS, real } from "./real.ts";

const its = real();

let context: BrowserContext;
/** Scripts off: what it needs must work without. */
let plain: Page;
let complaints: string[];

/** Somebody who agreed on the site and gave an address. */
beforeEach(async () => {
  context = await its.device();
  const page = await context.newPage();
  await page.goto(`${its.site}/`);
  const batch = (kind: string) =>
    page.waitForResponse(
      (response) =>
        response.url().includes("/_u/v1/batch") &&
        (response.request().postData() ?? "").includes(kind),
    );
  const read = batch('"page"');
  await page.getByRole("button", { name: "Accept all", exact: true }).click();
  await read;
  const said = batch('"identify"');
  await page.evaluate(() => {
    const { usher } = window as unknown as {
      usher: { identify(id: string, traits: object): Promise<unknown> };
    };
    void usher.identify("member-7", { email: "jane@example.org" });
  });
  expect(((await (await said).json()) as { accepted: number }).accepted).toBe(1);
  const state = await context.storageState();
  await context.close();
  context = await its.device({
    acceptDownloads: true,
    javaScriptEnabled: false,
    storageState: state,
  });
  plain = await context.newPage();
  complaints = [];
  plain.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
});

const open = async (): Promise<void> => {
  await expect
    .poll(async () => {
      await plain.goto(`${its.site}/_u/me`);
      return plain.getByText("jane@example.org").count();
    })
    .toBeGreaterThan(0);
};

test("the page shows what is known, in light and dark, and hands it over as a file", async () => {
  await open();
  expect(await plain.getByRole("heading", { level: 1 }).textContent()).toBe(
    "Your data on this site",
  );
  for (const colorScheme of ["light", "dark"] as const) {
    await plain.emulateMedia({ colorScheme });
    const path = new URL(`me-${colorScheme}.png`, ARTIFACTS).pathname;
    await plain.screenshot({ path, fullPage: true });
  }
  const [download] = await Promise.all([
    plain.waitForEvent("download"),
    plain.getByRole("link", { name: "Download my data" }).click(),
  ]);
  const file = JSON.parse(await readFile(await download.path(), "utf8")) as {
    visitors: { identifiers: { value: string }[] }[];
  };
  expect(file.visitors[0]?.identifiers.map(({ value }) => value)).toContain("jane@example.org");
  expect(complaints).toEqual([]);
});

test("a choice is changed with the keyboard alone", async () => {
  await open();
  const advertising = plain.getByRole("checkbox", { name: "Advertising" });
  expect(await advertising.isChecked()).toBe(true);
  await advertising.focus();
  await plain.keyboard.press("Space");
  await plain.keyboard.press("Tab");
  await plain.keyboard.press("Enter");
  await plain.getByText("Your choice is saved.").waitFor();
  expect(await advertising.isChecked()).toBe(false);
  expect(await plain.getByRole("checkbox", { name: "Measurement" }).isChecked()).toBe(true);
});

test("erasing takes it all, and the browser is nobody afterwards", async () => {
  await open();
  await plain.getByLabel("Yes, erase all of it. I can't undo this.").check();
  await plain.getByRole("button", { name: "Erase my data" }).click();
  await plain.getByRole("heading", { name: "Your data is erased" }).waitFor();
  expect((await context.cookies()).map(({ name }) => name)).toEqual(["usher-consent"]);
  await plain.getByRole("link", { name: "Back to your data" }).click();
  await plain.getByText("Nothing is recorded under this browser.").waitFor();
  expect(await plain.getByRole("checkbox", { name: "Measurement" }).isChecked()).toBe(false);
  expect(complaints).toEqual([]);
});
