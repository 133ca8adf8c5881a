import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { forgetValue, quarantine } from "../../../src/d1/quarantine.ts";
import { identifierKeys as keys } from "../../support/identifier-keys.ts";
import { watch } from "../../support/outside.ts";
import { api, eventually, MARKETER_TOKEN, OFFICER_TOKEN } from "../../support/site.ts";
import { pageOf, signedIn } from "./session.ts";

const QUARANTINE = "/_u/console/quarantine";

interface Line {
  id: string;
  value: string | null;
  blocked: boolean;
  by: string | null;
  why: string | null;
}

const held = async (): Promise<Line[]> =>
  (await api("/quarantine", OFFICER_TOKEN)).body["quarantined"] as Line[];

const rows = async (): Promise<string> =>
  JSON.stringify((await env.DB.prepare("SELECT * FROM quarantine").all()).results);

test("what an officer blocks before anybody has said it is shown with who did it and why, and is readable nowhere else", async () => {
  const officer = await signedIn(OFFICER_TOKEN);
  const form = await officer.formToken();
  const wrong = await officer.form(QUARANTINE, { form, identifier: "desk", why: "the desk" });
  expect(wrong.status).toBe(422);
  expect(pageOf(wrong)).toContain('value="the desk"');
  const call = { form, identifier: "email:Desk@Club.example", why: "the ticket desk's" };
  const done = await officer.form(QUARANTINE, call);
  expect(done.headers.get("location")).toBe(`${QUARANTINE}?done=blocked`);
  expect(await held()).toMatchObject([
    { value: "desk@club.example", blocked: true, by: "officer", why: "the ticket desk's" },
  ]);
  expect(await rows()).not.toContain("desk@club");
  // Once more changes neither who nor why.
  await officer.form(QUARANTINE, { ...call, why: "again" });
  expect(await held()).toMatchObject([{ why: "the ticket desk's", value: "desk@club.example" }]);
  const shown = pageOf(await officer.call(QUARANTINE));
  expect(shown).toContain("desk@club.example");
  expect(shown).toContain("by the officer: the ticket desk");

  const [line] = await held();
  const released = await officer.form(`${QUARANTINE}/release`, {
    form,
    id: line!.id,
    why: "moved out",
  });
  expect(released.headers.get("location")).toBe(`${QUARANTINE}?done=released`);
  expect(await held()).toEqual([]);
  expect(await rows()).not.toContain("ticket desk");
  expect(await env.KEYS.get(`blocked/${line!.id}`)).toBeNull();
  // Said again, it is released already; what was never held isn't.
  for (const [id, status] of [
    [line!.id, 303],
    ["email:nobodys", 404],
  ] as const)
    expect((await officer.form(`${QUARANTINE}/release`, { form, id, why: "" })).status).toBe(
      status,
    );
  const log = await env.DB.prepare("SELECT op, by, because FROM merge_log ORDER BY at").all();
  expect(log.results.filter(({ op }) => op === "release")).toMatchObject([
    { because: expect.stringContaining("moved out") },
  ]);
});

test("what nobody says is blocked, and released, once in the log, however often somebody was cut off before it was done", async () => {
  const identifier = "email:unsaid@example.org";
  const logged = async (op: string): Promise<unknown> =>
    await env.DB.prepare("SELECT count(*) AS n FROM merge_log WHERE op = ?1").bind(op).first("n");
  const before = [await logged("block"), await logged("release")] as number[];
  const saying = async (path: string, body?: object, method?: string): Promise<void> => {
    for (let nth = 1; ; nth++) {
      const trouble = await watch({ nth, when: "before", ports: ["d1", "r2"] });
      await api(path, OFFICER_TOKEN, body, method);
      trouble.stop();
      if (trouble.hit === null) break;
    }
    expect((await api(path, OFFICER_TOKEN, body, method)).status).toBe(200);
  };
  await saying("/quarantine", { identifier, why: "a till" });
  expect(await logged("block")).toBe(before[0]! + 1);
  const line = (await held()).find(({ value }) => value === "unsaid@example.org");
  await saying(`/quarantine/${line?.id}?why=gone`, undefined, "DELETE");
  expect(await logged("release")).toBe(before[1]! + 1);
  await saying("/quarantine", { identifier, why: "a till" });
  expect(await logged("block")).toBe(before[0]! + 2);
  await api(`/quarantine/${line?.id}`, OFFICER_TOKEN, undefined, "DELETE");
});

test("an erasure by an address that was blocked leaves it blocked, and its value to nobody", async () => {
  const identifier = "email:blocked-human@club.example";
  await api("/quarantine", OFFICER_TOKEN, { identifier, why: "their name" });
  const [{ id } = { id: "" }] = await held();
  const erased = await api("/requests", OFFICER_TOKEN, { kind: "erase", identifier });
  expect(erased.status).toBe(200);
  expect(await held()).toMatchObject([
    { id, value: null, blocked: true, by: "officer", why: null },
  ]);
  expect(await env.KEYS.get(`blocked/${id}`)).toBeNull();
  await forgetValue(env.DB, id as never);
  await api(`/quarantine/${encodeURIComponent(id)}`, OFFICER_TOKEN, undefined, "DELETE");
});

test("what too many said of late waits for the officer, who finds it from their overview and releases it", async () => {
  const identifier = await keys.key("email", "flooded@club.example");
  await quarantine(env.DB, { identifier, at: Date.now(), why: "said", visitors: 1_204 });
  const old = await keys.key("email", "flooded-long-ago@club.example");
  await quarantine(env.DB, {
    identifier: old,
    at: Date.now() - 30 * 86_400_000,
    why: "proven",
    visitors: 41,
  });
  const officer = await signedIn(OFFICER_TOKEN);
  const overview = pageOf(await officer.call("/_u/console/consent"));
  expect(overview).toContain("1 identifier</a> quarantined within a week");
  const shown = pageOf(await officer.call(QUARANTINE));
  expect(shown).toContain("1,204 devices");
  expect(shown).toContain("proved it; who proved it before keeps it");
  const form = await officer.formToken();
  for (const id of [identifier, old])
    await officer.form(`${QUARANTINE}/release`, { form, id, why: "" });
  await eventually(async () => (await held()).length === 0);
  const marketer = await signedIn(MARKETER_TOKEN);
  expect((await marketer.call(QUARANTINE)).status).toBe(403);
});
