import { expect, test } from "vitest";
import { withRudderOpened } from "../../../src/http/rudder-cookie.ts";
import { api, Browser, eventually } from "../../support/site.ts";

/** What RudderStack's client before version 3 wrote, and the name in it. */
const RUDDER = "RudderEncrypt:U2FsdGVkX1+5q5jikppUASe8AdIH6O2iORyF41sYXgxzIGiX9whSeVxxww0OK5h/";
const IN_RUDDER = "1wefk7M3Y1D6EDX4ZpIE00LpKAE";

const LEFT = {
  ajs_anonymous_id: "left-by-segment",
  _ga: "GA1.2.1033501218.1368477899",
  rl_anonymous_id: encodeURIComponent(RUDDER),
};

async function visit(choices: Record<string, boolean>, left = LEFT): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  for (const [name, value] of Object.entries(left)) browser.jar.set(name, value);
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
    expect.arrayContaining(["own", "left-by-segment", "1033501218.1368477899", IN_RUDDER]),
  );
});

test("without recognition consent nothing of them is kept", async () => {
  // Another browser: by the first name left in it an answer about consent that is given again leads to the same visitor.
  const browser = await visit({ measurement: true }, { ...LEFT, ajs_anonymous_id: "another" });
  expect(await values(browser)).toEqual([]);
});

test.each([
  ["behind percent signs", encodeURIComponent(RUDDER), IN_RUDDER],
  ["as it is", RUDDER, IN_RUDDER],
  ["within what a newer client made of it", `RS_ENC_v3_${btoa(JSON.stringify(RUDDER))}`, IN_RUDDER],
  ["newer alone", `RS_ENC_v3_${btoa('"an-id"')}`, "an-id"],
  ["cut", encodeURIComponent(RUDDER.slice(0, -8)), ""],
  ["changed", RUDDER.replace("+5q5j", "+5q5k"), ""],
  ["without a text", "RudderEncrypt%3AU2FsdGVkX1", ""],
  ["no base64", "RudderEncrypt:%%%", ""],
])("RudderStack's first encryption is read %s", async (_, value, name) => {
  const opened = await withRudderOpened(new Map([["rl_anonymous_id", [value]]]));
  expect(opened.get("rl_anonymous_id")).toEqual([name]);
});

test("cookies that aren't RudderStack's stay as they are", async () => {
  for (const value of ["plain-id", "", "x".repeat(5_000)]) {
    const cookies = new Map([["rl_anonymous_id", [value]]]);
    expect(await withRudderOpened(cookies)).toBe(cookies);
  }
});
