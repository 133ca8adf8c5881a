/** What only an officer knows: whose device it is, whether an address may be used, and whose files count. */
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { settle } from "../../support/objects.ts";
import {
  ALL,
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  ORIGIN,
  read,
  server,
} from "../../support/site.ts";
import { identifierKeys as keys } from "../../support/identifier-keys.ts";
import { pageOf, signedIn } from "./session.ts";

const consent = { categoryPreferences: ALL };

interface Known {
  kind: string;
  permissions: { channel: string; state: string; source: string }[];
}

async function permissionsOf(visitor: string, kind: string): Promise<Known["permissions"]> {
  await settle([visitor as never]);
  const known = (await api(`/people/${visitor}`)).body["identifiers"] as Known[];
  return known.find((each) => each.kind === kind)?.permissions ?? [];
}

async function member(name: string, traits: Record<string, string>): Promise<string> {
  await server("identify", { userId: name, traits, context: { consent } });
  const visitor = await keys.sourceVisitor("user_id", name);
  await settle([visitor]);
  return visitor;
}

test("who says not to be called isn't called by anybody who has the number, until they say otherwise", async () => {
  const phone = "+4930901830";
  const [ann, ben] = [await member("ann", { phone }), await member("ben", { phone })];
  const say = (state: string, token = OFFICER_TOKEN, more: Record<string, string> = {}) =>
    api(`/people/${ann}/permissions`, token, {
      identifier: `phone:${phone}`,
      channel: "call",
      state,
      ...more,
    });
  expect((await say("suppressed", MARKETER_TOKEN)).status).toBe(403);
  expect(await say("suppressed", OFFICER_TOKEN, { channel: "email" })).toMatchObject({
    status: 422,
    body: { error: { path: "channel" } },
  });
  expect((await say("suppressed", OFFICER_TOKEN, { identifier: "phone:+4930901899" })).status).toBe(
    404,
  );
  const done = await say("suppressed", OFFICER_TOKEN, { why: "she called the desk" });
  expect(done.body).toMatchObject({
    permissions: [{ channel: "call", state: "suppressed", source: "officer" }],
  });
  for (const each of [ann, ben])
    expect(await permissionsOf(each, "phone")).toMatchObject([
      { channel: "call", state: "suppressed", source: "officer" },
    ]);
  const { history } = (await api(`/people/${ann}/history`, OFFICER_TOKEN)).body as {
    history: { op: string; because: string }[];
  };
  expect(history.find(({ op }) => op === "suppress")?.because).toContain("she called the desk");
  expect(JSON.stringify(history)).not.toContain(phone);
  await say("granted");
  expect(await permissionsOf(ann, "phone")).toMatchObject([{ state: "granted" }]);
  expect(await permissionsOf(ben, "phone")).toMatchObject([{ state: "suppressed" }]);
});

test("on the person's page an officer says whose device it is and that an address isn't to be used", async () => {
  const tablet = new Browser({ "usher-region": "DE", "cf-connecting-ip": "203.0.113.9" });
  await tablet.consent({ accept: "all" });
  await tablet.send("identify", { messageId: "e1", traits: { email: "eve@gmail.com" } });
  await settle([tablet.visitor!]);
  const page = `/_u/console/people/${tablet.visitor}`;
  const marketer = await signedIn(MARKETER_TOKEN);
  expect(pageOf(await marketer.call(page))).not.toContain("What you know of them");
  const officer = await signedIn(OFFICER_TOKEN);
  const form = await officer.formToken();
  const said = await officer.form(`${page}/device`, {
    form,
    device: tablet.visitor!,
    sharing: "shared",
    why: "the family's",
  });
  expect(said.headers.get("location")).toBe(`${page}?told=device`);
  expect((await api(`/people/${tablet.visitor}`)).body["visitors"]).toMatchObject([
    { sharing: "shared" },
  ]);
  const written = await officer.form(`${page}/permission`, {
    form,
    way: "email email:eve@gmail.com",
    state: "suppressed",
    why: "",
  });
  expect(written.headers.get("location")).toBe(`${page}?told=permission`);
  expect(await permissionsOf(tablet.visitor!, "email")).toMatchObject([{ state: "suppressed" }]);
  const shown = pageOf(await officer.call(`${page}?told=permission`));
  expect(shown).toContain("shared, like a family");
  expect(shown).toContain("This device is said to be shared: the family");
});

test("what an officer says of a person comes back to the form that can't be taken, open and as it was written", async () => {
  const phone = new Browser({ "usher-region": "DE", "cf-connecting-ip": "203.0.113.10" });
  await phone.consent({ accept: "all" });
  await phone.send("identify", { messageId: "f1", traits: { email: "fay@gmail.com" } });
  await settle([phone.visitor!]);
  const page = `/_u/console/people/${phone.visitor}`;
  const officer = await signedIn(OFFICER_TOKEN);
  const form = await officer.formToken();
  const why = "she said so at the desk";
  for (const [to, at, fields] of [
    ["device", "device", { device: "gone", sharing: "shared" }],
    ["device", "sharing", { device: phone.visitor!, sharing: "rented" }],
    ["permission", "way", { way: "", state: "suppressed" }],
    ["permission", "way", { way: "email email:other@gmail.com", state: "suppressed" }],
    ["permission", "state", { way: "email email:fay@gmail.com", state: "x" }],
    ["identifiers", "disown-said", { own: "no", said: `${phone.visitor!} email:o@gmail.com` }],
  ] as const) {
    const said = await officer.form(`${page}/${to}`, { form, why, ...fields });
    expect(said.status).toBe(422);
    const [, fold] = /<details open><summary>([\s\S]*?)<\/details>/.exec(pageOf(said)) ?? [];
    expect(fold).toContain(`<a href="#${at}">`);
    expect(fold).toContain(`value="${why}"`);
    expect(fold).toContain('aria-invalid="true"');
  }
  // Who the page is about is gone: there is no form to come back to.
  const nobody = await officer.form(`/_u/console/people/nobody/permission`, { form });
  expect(nobody.status).toBe(404);
});

test("an approval that is withdrawn ends what counts further, keeps what was recorded, and can be given again", async () => {
  const origin = "bought list";
  const path = `/origins/${encodeURIComponent(origin)}`;
  const bring = async (email: string) =>
    read(
      await exports.default.fetch(`${ORIGIN}/_u/api/import?kind=people&origin=bought+list`, {
        method: "POST",
        headers: { authorization: `Bearer ${MARKETER_TOKEN}`, "content-type": "text/csv" },
        body: `email,permission_email\n${email},yes\n`,
      }),
    );
  const person = async (email: string): Promise<string> =>
    eventually(async () => {
      const { body } = await api(`/people?identifier=email:${encodeURIComponent(email)}`);
      return (body["people"] as { id: string }[])[0]?.id ?? null;
    });
  expect((await api(`${path}/withdraw`, OFFICER_TOKEN, {})).status).toBe(404);
  await bring("zero@fans-mail.example");
  expect((await api(`${path}/withdraw`, OFFICER_TOKEN, {})).status).toBe(409);
  await api(`${path}/approve`, OFFICER_TOKEN, {});
  await bring("one@fans-mail.example");
  const one = await person("one@fans-mail.example");
  expect(await permissionsOf(one, "email")).toMatchObject([{ state: "granted" }]);

  expect((await api(`${path}/withdraw`, MARKETER_TOKEN, {})).status).toBe(403);
  expect((await api(`${path}/withdraw`, OFFICER_TOKEN, {})).body).toMatchObject({
    origin,
    withdrawn: { by: "officer" },
    counts: false,
  });
  expect((await api(`${path}/withdraw`, OFFICER_TOKEN, {})).status).toBe(200);
  expect(await permissionsOf(one, "email")).toMatchObject([{ state: "granted" }]);
  expect((await bring("two@fans-mail.example")).body).toMatchObject({ approved: false });
  expect(await permissionsOf(await person("two@fans-mail.example"), "email")).toEqual([]);

  const officer = await signedIn(OFFICER_TOKEN);
  const page = "/_u/console/import";
  expect(pageOf(await officer.call(page))).toContain("withdrawn by officer");
  const form = await officer.formToken();
  expect((await officer.form(`${page}/approve`, { form, origin })).status).toBe(303);
  expect(pageOf(await officer.call(page))).toContain("Withdraw the approval of bought list");
  expect((await officer.form(`${page}/withdraw`, { form, origin })).status).toBe(303);
  expect((await api("/origins", OFFICER_TOKEN)).body["origins"]).toMatchObject([
    { origin, counts: false },
  ]);
});
