import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import { declareCookies, processingRecord } from "../../../src/privacy/record.ts";
import { saveSetting } from "../../../src/d1/settings.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
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

test("the record names who gets data, says of each place only what is known, and who is responsible", async () => {
  const policy = DEFAULT_POLICY;
  const ports = {
    db: env.DB,
    catalogue: async () => ({ ...STARTER_CATALOGUE, webhooks: [] }),
  };
  const plain = await processingRecord(ports, policy, { siteName: "Club", jurisdiction: "eu" }, 0);
  expect(plain).toMatchObject({ controller: "Club", contact: null, dataProtectionOfficer: null });
  expect(plain.location).toBe(
    "persons' objects: European Union, by the Worker itself. database, key store: where they were made, which is the European Union if the installer or --jurisdiction eu made them; the deploy button doesn't",
  );
  const before = plain.recipients.map(({ name }) => name);
  expect(before).toContain("Cloudflare");

  await saveSetting(env.DB, "webhooks", {
    version: 1,
    document: {
      hooks: [
        { id: "crm", url: "https://crm.example.org/usher", purpose: "measurement" },
        { id: "ads", url: "https://ads.example.org/in", purpose: "advertising", enabled: false },
      ],
    },
    author: "officer",
    at: 1,
  });
  const full = await processingRecord(
    {
      db: env.DB,
      exports: env.KEYS,
      catalogue: async () => ({
        ...STARTER_CATALOGUE,
        webhooks: [
          { id: "mail", url: "https://mail.example.org/hints", channels: ["email"], secret: 1 },
        ],
      }),
    },
    policy,
    {
      siteName: "Club",
      jurisdiction: "eu",
      isQueued: true,
      controller: "Club e.V., Stadium Road 1",
      dataProtectionOfficer: "Dr. Doe, dpo@example.org",
    },
    0,
  );
  expect(full).toMatchObject({
    contact: "Club e.V., Stadium Road 1",
    dataProtectionOfficer: "Dr. Doe, dpo@example.org",
  });
  expect(full.location).toContain("database, key store, queue, files for the warehouse: where");
  expect(full.recipients.filter(({ name }) => !before.includes(name))).toEqual([
    expect.objectContaining({
      name: "crm.example.org",
      for: expect.stringMatching(/^events recorded under Measurement,.*recognised$/) as string,
    }),
    expect.objectContaining({
      name: "ads.example.org",
      for: expect.stringMatching(/under Advertising,.*\(switched off now\)$/) as string,
    }),
    expect.objectContaining({
      name: "mail.example.org",
      for: expect.stringContaining("addresses") as string,
    }),
    expect.objectContaining({ name: "the site's data warehouse" }),
  ]);
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
