import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import { declareCookies } from "../../../src/privacy/record.ts";
import { rollUp } from "../../../src/d1/rollups.ts";
import { api, Browser, MARKETER_TOKEN, OFFICER_TOKEN } from "../../support/site.ts";
import { moveIn } from "./household.ts";

test("the record of processing says what the policy allows and what is really stored", async () => {
  await moveIn("record");
  await rollUp(env.DB, dayOf(Date.now()));
  const record = await api("/record", OFFICER_TOKEN);
  const today = dayName(dayOf(Date.now()));
  expect(record.body).toMatchObject({
    controller: "Test club",
    policy: { version: 1 },
    stored: {
      events: { from: today, to: today },
      channels: ["server", "web"],
      identifierKinds: ["anonymous_id", "email", "phone", "user_id"],
    },
    withdrawal: "keep",
  });
  const activities = record.body["activities"] as { purpose: string; retentionDays: number }[];
  expect(activities.map(({ purpose, retentionDays }) => [purpose, retentionDays])).toContainEqual([
    "advertising",
    90,
  ]);
  expect((await api("/record", MARKETER_TOKEN)).status).toBe(403);
});

test("the cookie declaration names every cookie that is set, and what isn't declared is pointed out", async () => {
  const declared = await api("/cookies", OFFICER_TOKEN);
  expect(declared.body).toMatchObject({ undeclared: [] });
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const names = DEFAULT_POLICY.cookies.flatMap(({ name, alsoNamed }) => [name, ...alsoNamed]);
  expect([...browser.jar.keys()].filter((name) => !names.includes(name))).toEqual([]);
  const [, ...others] = DEFAULT_POLICY.cookies;
  expect(declareCookies({ ...DEFAULT_POLICY, cookies: others }).undeclared).toEqual([
    { name: "__Host-usher", kind: "cookie", identifies: true },
  ]);
});

test("anybody reads the cookie declaration, in their language, and it sets none", async () => {
  const page = await new Browser({ "accept-language": "de" }).call("/_u/cookies");
  expect(page.status).toBe(200);
  expect(page.body["text"]).toContain("395 Tage");
  expect(page.body["text"]).toContain("usher_id");
  expect(page.cookies.size).toBe(0);
});
