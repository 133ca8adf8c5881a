import { expect, test } from "vitest";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { fieldsOf } from "../../../src/console/rules/fields.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, MARKETER_TOKEN, OFFICER_TOKEN } from "../../support/site.ts";
import { pageOf, signedIn } from "./session.ts";

const RULES = "/_u/console/rules";
const EDIT = `${RULES}/edit`;

const filled = (changes: Record<string, string>): Record<string, string> => ({
  ...Object.fromEntries(fieldsOf(DEFAULT_MERGE_RULES)),
  ...changes,
});

async function officer() {
  const browser = await signedIn(OFFICER_TOKEN);
  const form = await browser.formToken();
  const send = (fields: Record<string, string>) => browser.form(EDIT, { ...fields, form });
  const see = async (path: string) => pageOf(await browser.call(path));
  return { browser, send, see };
}

test("an officer reads the rules, changes them after seeing what that changes, and brings a version back", async () => {
  const { send, see } = await officer();
  expect(await see(RULES)).toContain("One person has one user id");
  const wrong = await send(filled({ version: "1", "flood.hours": "0" }));
  expect(wrong.status).toBe(422);
  expect(pageOf(wrong)).toContain('id="flood.hours-error"');
  expect(pageOf(wrong)).toContain("This must be at least 1.");

  const nowhere = await send(filled({ version: "1", country: "XX" }));
  expect(nowhere.status).toBe(422);
  expect(pageOf(nowhere)).toContain('id="country-error"');
  const { version: _, ...rules } = DEFAULT_MERGE_RULES;
  expect(
    await api("/merge-rules", OFFICER_TOKEN, { ...rules, country: "XX" }, "PUT"),
  ).toMatchObject({
    status: 422,
    body: { error: { path: "country" } },
  });

  const changes = { version: "1", "limits.default": "9", "personas.personal": "family.example" };
  const review = await send(filled(changes));
  expect(review.status).toBe(200);
  expect(pageOf(review)).toContain("Of any other kind, one person has at most 9.");
  expect(pageOf(review)).toContain("Domains that are personal, new: family.example.");
  expect((await api("/merge-rules", OFFICER_TOKEN)).body).toMatchObject({ version: 1 });
  // What the page hides is the form, so that nothing has to be typed again.
  expect(pageOf(review)).toContain('name="limits.default" value="9"');
  expect(pageOf(await send(filled({ ...changes, do: "back" })))).toContain("Not saved yet");

  const saved = await send(filled({ ...changes, do: "save" }));
  expect(saved.headers.get("location")).toBe(`${RULES}?saved=2`);
  expect((await api("/merge-rules", OFFICER_TOKEN)).body).toMatchObject({
    version: 2,
    limits: { default: 9 },
    personas: { personal: ["family.example"] },
  });
  const versions = (await api("/merge-rules/versions", OFFICER_TOKEN)).body["versions"];
  expect(versions).toMatchObject([
    { version: 2, author: "officer" },
    { version: 1, author: "usher" },
  ]);
  expect((await api("/merge-rules/versions", MARKETER_TOKEN)).status).toBe(403);
  expect((await api("/merge-rules/versions/1", OFFICER_TOKEN)).body).toMatchObject({
    version: 1,
    rules: { limits: { default: 5 } },
  });
  expect((await api("/merge-rules/versions/9", OFFICER_TOKEN)).status).toBe(404);
  const compared = await see(`${RULES}/versions?a=1&b=2`);
  expect(compared).toContain("Domains that are personal, new: family.example.");
  expect(await see(`${RULES}/versions/1`)).toContain(`${EDIT}?from=1`);
  const back = await see(`${EDIT}?from=1`);
  expect(back).toContain("Filled in as version 1 was");
  expect(back).toContain('name="version" value="2"');
  await send(filled({ version: "2", do: "save" }));
  expect((await api("/merge-rules", OFFICER_TOKEN)).body).toMatchObject({
    version: 3,
    limits: { default: 5 },
    personas: { personal: [] },
  });
});

test("who was overtaken by another version keeps what they wrote, and sees what the other changed", async () => {
  const { send } = await officer();
  const { version } = (await api("/merge-rules", OFFICER_TOKEN)).body as { version: number };
  const { version: _, ...starter } = DEFAULT_MERGE_RULES;
  await api("/merge-rules", OFFICER_TOKEN, { ...starter, country: "DE" }, "PUT");
  const mine = filled({ version: String(version), "limits.default": "7", do: "save" });
  const late = await send(mine);
  expect(late.status).toBe(409);
  expect(pageOf(late)).toContain("was saved by somebody else meanwhile");
  expect(pageOf(late)).toContain("are from Germany");
  expect(pageOf(late)).toMatch(/value="7"[^>]*|[^>]*name="limits.default"/);
  expect(pageOf(late)).toContain(`name="version" value="${version + 1}"`);
  expect((await api("/merge-rules", OFFICER_TOKEN)).body).toMatchObject({ country: "DE" });
  expect((await send({ ...mine, version: String(version + 1) })).status).toBe(303);
  expect((await api("/merge-rules", OFFICER_TOKEN)).body).toMatchObject({
    country: null,
    limits: { default: 7 },
  });
});

test("rules are tried on two people, by those in force and as they would be, before they are saved", async () => {
  const { send, see } = await officer();
  const { version } = (await api("/merge-rules", OFFICER_TOKEN)).body as { version: number };
  for (const [n, address] of ["203.0.113.1", "198.51.100.1"].entries()) {
    const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": address });
    await browser.consent({ accept: "all" });
    await browser.send("identify", {
      messageId: `t${n}`,
      userId: `try-${n}`,
      traits: { email: "tried@gmail.com" },
    });
    await settle([browser.visitor!]);
  }
  const both = { a: "user_id:try-0", b: "user_id:try-1" };
  const now = await see(`${RULES}/try?${new URLSearchParams(both)}`);
  expect(now).toContain("e-mail address tried@gmail.com");
  expect(now).toContain("refused");
  expect(await see(`${RULES}/try?a=user_id:nobody&b=user_id:try-1`)).toContain("Nobody said this");
  const form = filled({ version: String(version), "kinds.0.most": "2", ...both, do: "try" });
  delete form["kinds.0.unique"];
  const tried = pageOf(await send(form));
  expect(tried).toContain("As changed");
  expect(tried).toContain("joins them");
  expect((await api("/merge-rules", OFFICER_TOKEN)).body).toMatchObject({ version });
});
