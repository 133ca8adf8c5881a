import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  ORIGIN,
  read,
  server,
} from "../../support/site.ts";

async function signedIn(token: string): Promise<Browser> {
  const browser = new Browser({ "sec-fetch-site": "same-origin" });
  await browser.call("/_u/console/sign-in", new URLSearchParams({ token, to: "" }).toString());
  return browser;
}

async function formToken(officer: Browser): Promise<string> {
  const { body } = await officer.call("/_u/console/requests");
  return /name="form" value="([^"]+)"/.exec(String(body["text"]))?.[1] ?? "";
}

async function known(user: string): Promise<void> {
  const { token } = (await new Browser().call(`/demo/token?user=${user}`)).body;
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", {
    userId: user,
    messageId: `request-${user}`,
    traits: { email: `${user}@example.org` },
    context: { identityToken: token },
  });
  await eventually(async () => {
    const said = await server("track", { userId: user, event: "Seen", messageId: `seen-${user}` });
    return said.status === 200 && (await env.DB.prepare("SELECT 1 FROM claims").first()) !== null;
  });
}

async function make(officer: Browser, kind: string, identifier: string): Promise<string> {
  const form = { form: await formToken(officer), kind, identifier };
  const made = await officer.call("/_u/console/requests", new URLSearchParams(form).toString());
  expect(made.status).toBe(303);
  return made.headers.get("location") ?? "";
}

test("an officer makes an export in the console, downloads it, and then has the person erased", async () => {
  await known("member-1042");
  const officer = await signedIn(OFFICER_TOKEN);
  const exported = await make(officer, "export", "user_id:member-1042");
  const queue = async (state: string): Promise<string> =>
    String((await officer.call(`/_u/console/requests?state=${state}`)).body["text"]);
  const standing = async (): Promise<string> => String((await officer.call(exported)).body["text"]);
  // Made, and in nobody's hands: it waits, until when stands beside it, and nobody calls it answered.
  for (const state of ["waiting", "ready"]) expect(await queue(state)).toContain(exported);
  expect(await queue("done")).not.toContain(exported);
  expect(await standing()).toContain("to hand over</span>");
  expect(await standing()).toMatch(/>Due<[\s\S]*in (?:29|30|31) days/);
  expect(await standing()).not.toContain("answered");
  expect(String((await officer.call("/_u/console/consent")).body["text"])).toContain(exported);

  const file = await officer.call(`${exported}/export.json`);
  for (const state of ["waiting", "ready"]) expect(await queue(state)).not.toContain(exported);
  expect(await queue("done")).toContain(exported);
  expect(await standing()).toContain("answered");
  expect(String((await officer.call("/_u/console/consent")).body["text"])).not.toContain(exported);
  expect(file.headers.get("content-disposition")).toContain("attachment");
  expect(JSON.stringify(file.body)).toContain("member-1042");

  const erased = await make(officer, "erase", "user_id:member-1042");
  const done = await eventually(async () => {
    const { body } = await officer.call(erased);
    return String(body["text"]).includes("encryption keys") ? String(body["text"]) : null;
  });
  expect(done).toContain("What was removed where");
  const list = String((await officer.call("/_u/console/requests")).body["text"]);
  expect(list).toContain("Erasure (Art. 17)");
  expect(list).toContain("Export (Art. 15, 20)");
  expect(list).not.toContain("member-1042");
});

test("an erasure whose form is sent twice, by a double click or from the page before, is one request", async () => {
  await known("member-1047");
  const officer = await signedIn(OFFICER_TOKEN);
  const looked = {
    form: await formToken(officer),
    kind: "erase",
    identifier: "user_id:member-1047",
  };
  const preview = async (): Promise<Record<string, string>> => {
    const said = await officer.call(
      "/_u/console/requests/preview",
      new URLSearchParams(looked).toString(),
    );
    const html = String(said.body["text"]);
    const [, form = ""] =
      /<form method="post" action="\/_u\/console\/requests" [^>]*>(.*?)<\/form>/s.exec(html) ?? [];
    const inputs = form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g);
    return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, value]));
  };
  const sent = await preview();
  const send = async (form: Record<string, string>): Promise<string> =>
    (await officer.call("/_u/console/requests", new URLSearchParams(form).toString())).headers.get(
      "location",
    ) ?? "";
  const [first, second] = await Promise.all([send(sent), send(sent)]);
  expect(second).toBe(first);
  const done = await eventually(async () => {
    const text = String((await officer.call(first)).body["text"]);
    return text.includes("encryption keys") ? text : null;
  });
  expect(done).toContain("What was removed where");
  expect(await send(sent)).toBe(first);
  // Of something or somebody else, or another time, it is another one.
  expect(await send({ ...sent, identifier: "user_id:member-1048" })).not.toBe(first);
  const exported = await send({ ...sent, kind: "export" });
  expect(exported).not.toBe(first);
  const id = exported.split("/").at(-1) ?? "";
  expect(await env.KEYS.head(`ready/${id}`)).not.toBeNull();
  expect((await api(`/requests/${id}`, OFFICER_TOKEN)).status).toBe(200);
  expect(await send({ ...sent, kind: "export" })).toBe(exported);
  expect(await env.KEYS.head(`ready/${id}`)).toBeNull();
  expect(await send(await preview())).not.toBe(first);
});

test("an export may be handed over some other way; over the API it is made and fetched in one go", async () => {
  const officer = await signedIn(OFFICER_TOKEN);
  const exported = await make(officer, "export", "email:nobody-known@example.org");
  const said = await officer.call(
    `${exported}/handed-over`,
    new URLSearchParams({ form: await formToken(officer) }).toString(),
  );
  expect(said.status).toBe(303);
  const page = String((await officer.call(exported)).body["text"]);
  expect(page).toContain("Handed over, as was said,");
  expect(page).toContain("answered");

  const asked = { kind: "export", identifier: "email:nobody-known@example.org" };
  const { body } = await api("/requests", OFFICER_TOKEN, asked);
  expect(body).toMatchObject({ state: "done", handedOver: { by: "officer", how: "download" } });
  expect(body["data"]).toBeDefined();
  const again = await api(`/requests/${String(body["id"])}`, OFFICER_TOKEN);
  expect(again.body).toMatchObject({ state: "done", handedOver: body["handedOver"] });
});

test("an export made before anybody asked who had it counts as answered, as it did", async () => {
  const officer = await signedIn(OFFICER_TOKEN);
  const exported = await make(officer, "export", "email:long-ago@example.org");
  const key = `request/${exported.split("/").at(-1) ?? ""}`;
  const stored = await env.KEYS.get(key);
  if (!stored) throw new Error("the request isn't where requests are kept");
  const { handedOver: _, ...older } = await stored.json<{ handedOver: unknown; at: number }>();
  const customMetadata = { at: String(older.at), kind: "export", state: "done" };
  await env.KEYS.put(key, JSON.stringify(older), { customMetadata });
  const list = await officer.call("/_u/console/requests?state=done");
  expect(String(list.body["text"])).toContain(exported);
  const page = String((await officer.call(exported)).body["text"]);
  expect(page).toContain("answered");
  expect(page).not.toContain("It was handed over");
});

test("before anything happens the officer sees whom it covers, who may be the same, and what is held", async () => {
  await known("member-1177");
  const typed = new Browser({ "usher-region": "DE" });
  await typed.consent({ accept: "all" });
  await typed.send("identify", { userId: "member-1177", messageId: "typed-1177" });
  const officer = await signedIn(OFFICER_TOKEN);
  const look = async (more: [string, string][] = []): Promise<string> => {
    const form = new URLSearchParams([
      ["form", await formToken(officer)],
      ["kind", "erase"],
      ["of", "user_id"],
      ["identifier", "member-1177"],
      ...more,
    ]);
    const { status, body } = await officer.call("/_u/console/requests/preview", form.toString());
    expect(status).toBe(200);
    return String(body["text"]);
  };
  const before = await eventually(async () => {
    const text = await look();
    return text.includes("nothing proves it") ? text : null;
  });
  expect(before).toContain("Erase for good");
  expect(before).toMatch(/proved to be this person/);
  const maybe = /type="checkbox" id="([a-z2-7]{26})"/.exec(before)?.[1] ?? "";
  const after = await look([["visitor", maybe]]);
  expect(after).toContain("included by you");
  expect(after).toContain(`type="hidden" name="visitor" value="${maybe}"`);
  expect((await api("/requests?kind=erase&state=running", OFFICER_TOKEN)).body["requests"]).toEqual(
    [],
  );

  const wrong = new URLSearchParams({
    form: await formToken(officer),
    kind: "export",
    of: "email",
    identifier: '"><b>nobody',
  });
  const refused = await officer.call("/_u/console/requests/preview", wrong.toString());
  expect(refused.status).toBe(422);
  expect(String(refused.body["text"])).toContain('value="&quot;>&lt;b>nobody"');
});

test("the queue is listed newest first, by state and kind, a page at a time, naming nobody", async () => {
  const at = (day: number) => ({ "usher-now": `2026-10-0${day}T12:00:00Z` });
  const made: string[] = [];
  for (const day of [1, 2, 3, 4]) {
    const { body } = await read(
      await exports.default.fetch(`${ORIGIN}/_u/api/requests`, {
        method: "POST",
        headers: { authorization: `Bearer ${OFFICER_TOKEN}`, ...at(day) },
        body: JSON.stringify({
          kind: day % 2 === 0 ? "erase" : "export",
          identifier: `email:queue-${day}@example.org`,
        }),
      }),
    );
    made.unshift(String(body["id"]));
  }
  const ids = async (query: string): Promise<{ ids: string[]; cursor: string | null }> => {
    const { body } = await api(`/requests?${query}`, OFFICER_TOKEN);
    expect(JSON.stringify(body)).not.toContain("queue-");
    const listed = body["requests"] as { id: string; at: string }[];
    const here = listed.filter(({ id }) => made.includes(id)).map(({ id }) => id);
    return { ids: here, cursor: body["cursor"] as string | null };
  };
  expect((await ids("limit=500")).ids).toEqual(made);
  expect((await ids("kind=erase&limit=500")).ids).toEqual([made[0], made[2]]);
  expect((await ids("kind=erase&state=failed")).ids).toEqual([]);
  const walked: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Awaited<ReturnType<typeof ids>> = await ids(`limit=1&cursor=${cursor}`);
    walked.push(...page.ids);
    cursor = page.cursor;
  }
  expect(walked).toEqual(made);
  expect((await api("/requests?state=lost", OFFICER_TOKEN)).status).toBe(422);
  expect((await api("/requests?cursor=lost", OFFICER_TOKEN)).status).toBe(400);
});

test("requests are for the officer: a marketer is refused, a form without its token is, and so is nobody", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  expect((await marketer.call("/_u/console/requests")).status).toBe(403);
  const officer = await signedIn(OFFICER_TOKEN);
  const forged = new URLSearchParams({ kind: "erase", identifier: "user_id:member-1177" });
  expect((await officer.call("/_u/console/requests", forged.toString())).status).toBe(403);
  expect((await new Browser().call("/_u/console/requests")).status).toBe(303);
});
