/** A sign-in whose token proves nothing counts as typed, and says so: to whoever sent it, and to the setup check. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { TOKEN_FAULT_WORDS } from "../../../src/domain/identity/token-faults.ts";
import { api, Browser, eventually } from "../../support/site.ts";
import { identityToken } from "./tokens.ts";

const identify = async (userId: string, token: string) => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  return browser.send("identify", {
    messageId: `fault-${userId}`,
    userId,
    context: { identityToken: token },
  });
};

test("why a token proves nothing stands in the answer, is counted, and the setup check says what to do", async () => {
  const tokens = {
    expired: identityToken("tf-expired", undefined, { expires: "-1m" }),
    audience: identityToken("tf-audience", undefined, { audience: "Another club" }),
    other_user: identityToken("somebody-else"),
  } as const;
  for (const [fault, token] of Object.entries(tokens)) {
    const { status, body, headers } = await identify(`tf-${fault}`, await token);
    expect([status, body["accepted"]]).toEqual([200, 1]);
    expect(headers.get("usher-decision")).toBe(
      `accepted 1; identity token not counted (${fault}): ${TOKEN_FAULT_WORDS[fault as keyof typeof tokens]}, so the user counts as typed`,
    );
  }
  expect(
    (await identify("tf-good", await identityToken("tf-good"))).headers.get("usher-decision"),
  ).toBe("accepted 1");
  const counted = await eventually(async () => {
    const { results } = await env.DB.prepare(
      "SELECT reason, count FROM counters WHERE kind = 'token' ORDER BY reason",
    ).all();
    return results.length === 3 && results;
  });
  expect(counted).toEqual(
    Object.keys(tokens)
      .sort()
      .map((reason) => ({ reason, count: 1 })),
  );
  const { body } = await api("/reports/setup");
  const finding = (body["findings"] as { id: string }[]).find(({ id }) => id === "tokens");
  expect(finding).toMatchObject({ level: "look" });
});
