import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { policies } from "../../../src/http/documents.ts";
import { api, Browser, OFFICER_TOKEN } from "../../support/site.ts";

const document = async (choices: Record<string, boolean>) => {
  const browser = new Browser({ "usher-region": "DE" });
  return (await browser.consent({ choices })).body;
};

test("engagement is measured only where the policy has a purpose for it, and the visitor agrees to that", async () => {
  expect(await document({ measurement: true })).not.toHaveProperty("engagement");
  const current = (await api("/policy", OFFICER_TOKEN)).body as {
    version: number;
    purposes: { id: string; switchesOn: string[] }[];
  };
  const policy = {
    ...current,
    version: current.version + 1,
    purposes: current.purposes.map((purpose) =>
      purpose.id === "measurement"
        ? { ...purpose, switchesOn: [...purpose.switchesOn, "engagement"] }
        : purpose,
    ),
  };
  const put = await api("/policy?note=engagement", OFFICER_TOKEN, policy, "PUT");
  expect(put.status).toBe(200);
  policies.forget(env.DB);
  expect(await document({ measurement: true })).toMatchObject({ engagement: true });
  expect(await document({ personalization: true })).not.toHaveProperty("engagement");
});
