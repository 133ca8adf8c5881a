import { expect, test } from "vitest";
import { api, Browser, eventually } from "../../support/site.ts";

const LEFT = {
  ajs_anonymous_id: "left-by-segment",
  _ga: "GA1.2.1033501218.1368477899",
};

async function visit(choices: Record<string, boolean>): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  for (const [name, value] of Object.entries(LEFT)) browser.jar.set(name, value);
  await browser.consent({ choices });
  await browser.send("page", { messageId: crypto.randomUUID(), anonymousId: "own" });
  return browser;
}

const values = async (browser: Browser): Promise<string[]> => {
  const { body } = await api(`/people/${browser.visitor}`);
  return (body["identifiers"] as { value: string }[]).map(({ value }) => value);
};

test("names that other tools left lead to the visitor, under recognition consent", async () => {
  const browser = await visit({ measurement: true, recognition: true });
  const found = await eventually(async () => {
    const { body } = await api("/people?identifier=anonymous_id:left-by-segment");
    const [first] = body["people"] as { id: string }[];
    return first ?? null;
  });
  expect(found.id).toBe(browser.visitor);
  expect(await values(browser)).toEqual(
    expect.arrayContaining(["own", "left-by-segment", "1033501218.1368477899"]),
  );
});

test("without recognition consent nothing of them is kept", async () => {
  const browser = await visit({ measurement: true });
  expect(await values(browser)).toEqual([]);
});
