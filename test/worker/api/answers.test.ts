/** The description of every answer, held against what the running Worker really answers. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { beginDelivery } from "../../../src/d1/deliveries.ts";
import { saveDocument } from "../../../src/d1/learning.ts";
import { saveFound } from "../../../src/d1/suggestions.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { dayOf, type VisitorId } from "../../../src/domain/ids.ts";
import { ANSWERS } from "../../../src/http/api/answers/all.ts";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { faultsAgainst } from "../../support/json-schema.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, type Browser, eventually, OWNER_TOKEN, server } from "../../support/site.ts";
import { anyone, consenting, mergeBySignIn, next, offer, PHONE } from "../action/stage.ts";
import { clear } from "../d1/books.ts";

const now = Date.now();
const asked = new Set<string>();
/** Of the test that runs. */
const wrong: string[] = [];

/** Asks and notes what the description doesn't say. */
async function said(
  call: string,
  path = call.split(" ")[1]?.replace("/_u/api", "") ?? "",
  body?: unknown,
) {
  const [method = "GET"] = call.split(" ");
  const answer = await api(path, OWNER_TOKEN, body, method);
  asked.add(call);
  const described = ANSWERS[call];
  if (answer.status !== 200) wrong.push(`${call}: ${answer.status} ${JSON.stringify(answer.body)}`);
  else if (!described) wrong.push(`${call}: not described`);
  else if ("json" in described)
    wrong.push(...faultsAgainst(described.json, answer.body, `${call} $`));
  else {
    const type = answer.headers.get("content-type") ?? "";
    if (!type.startsWith(described.file)) wrong.push(`${call}: ${type}`);
    const lines = String(answer.body["text"]).split("\n").filter(Boolean);
    const { line } = described;
    if (line)
      for (const each of lines.map((text) => JSON.parse(text) as object))
        if (!("next" in each)) wrong.push(...faultsAgainst(line, each, `${call} line`));
  }
  return answer.body;
}

const as = <T>(value: unknown): T => value as T;

let jane: Browser;
let person: string;

/** A site with something to tell for each call. */
beforeAll(async () => {
  await clear();
  await offer(
    [
      { holdOut: 0.1, success: "Order Completed" },
      { ...anyone, id: "letter", channel: "email" },
    ],
    {
      meter: { topics: ["news"], days: 30, limit: 5 },
      webhooks: [
        { id: "mailing", url: "https://mailing.example.org/usher", channels: ["email"], secret: 1 },
      ],
    },
  );
  jane = await consenting();
  const phone = await consenting(PHONE);
  const page = {
    url: "https://www.example.org/news?utm_source=letter&utm_medium=email&utm_campaign=spring&gclid=G1",
    path: "/news",
    title: "News",
    referrer: "https://elsewhere.example/",
  };
  for (const browser of [jane, phone])
    await browser.send("page", {
      messageId: crypto.randomUUID(),
      name: "News",
      properties: { topics: ["news"], ...page },
      context: { page },
    });
  await jane.send("identify", {
    messageId: crypto.randomUUID(),
    traits: { email: "jane@club.example.org", phone: "+494012345678", plan: "season" },
  });
  await jane.send("track", { messageId: crypto.randomUUID(), event: "Newsletter Subscribed" });
  await jane.send("track", {
    messageId: crypto.randomUUID(),
    event: "Order Completed",
    properties: { revenue: 40, order_id: "o1" },
  });
  person = (await mergeBySignIn([jane, phone])).id;
  await server("track", {
    userId: "from-server",
    event: "Ticket Sold",
    properties: { revenue: 12 },
    context: { consent: { categoryPreferences: ALL } },
  });
  await next(jane);
  await phone.consent({ choices: { advertising: false } });
  await settle([jane.visitor ?? "", phone.visitor ?? ""]);
  await eventually(async () => {
    const { body } = await api("/people");
    return as<unknown[]>(body["people"]).length > 1;
  });
});

test("people, their journeys and their sides are what the description says", async () => {
  const kate = await consenting();
  const lena = await consenting();
  for (const browser of [kate, lena])
    await browser.send("page", { messageId: crypto.randomUUID(), name: "News" });
  const at = `/people/${person}`;
  for (const part of ["", "/journey", "/history", "/sides", "/next"])
    await said(`GET /_u/api/people/:id${part}`, `${at}${part}`);
  await said("GET /_u/api/people");
  await said("GET /_u/api/people", "/people?next=For+nobody");
  await said("POST /_u/api/people/:id/permissions", `${at}/permissions`, {
    identifier: "phone:+494012345678",
    channel: "call",
    state: "suppressed",
  });
  await said("PUT /_u/api/devices/:id", `/devices/${kate.visitor}`, { sharing: "shared" });
  await said("PUT /_u/api/devices/:id", `/devices/${kate.visitor}`, { sharing: null });
  const pair = { a: kate.visitor, b: lena.visitor };
  await said("POST /_u/api/merge-rules/try", undefined, pair);
  await said("POST /_u/api/separate", undefined, { ...pair, why: "work" });
  await said("GET /_u/api/people/:id/sides", `/people/${kate.visitor}/sides`);
  await said("DELETE /_u/api/separate", `/separate?a=${pair.a}&b=${pair.b}`);
  await said("POST /_u/api/merges", undefined, { ...pair, dryRun: true });
  const { merge } = await said("POST /_u/api/merges", undefined, pair);
  await said("POST /_u/api/merges/:id/undo", `/merges/${String(merge)}/undo`, { dryRun: true });
  await said("POST /_u/api/merges/:id/undo", `/merges/${String(merge)}/undo`, {});
  await said("PUT /_u/api/devices/:id/identifiers", `/devices/${jane.visitor}/identifiers`, {
    identifier: "email:jane@club.example.org",
    own: false,
  });
  await said("PUT /_u/api/devices/:id/identifiers", `/devices/${jane.visitor}/identifiers`, {
    identifier: "email:jane@club.example.org",
    own: true,
  });
  await settle([kate.visitor ?? "", lena.visitor ?? "", jane.visitor ?? ""]);
  await said("GET /_u/api/people/:id", at);
  await said("GET /_u/api/people/:id/history", `/people/${kate.visitor}/history`);
  await said("GET /_u/api/merges");
  const found = (a: string | null, b: string | null) => {
    const [first, second] = [a ?? "", b ?? ""].toSorted() as [VisitorId, VisitorId];
    const steps = [{ field: "lastName", bits: 3, because: "both are called Doe" }];
    const sure = { weight: 9_000, probability: 0.97, model: 1, steps, basis: "facts" } as const;
    return { a: first, b: second, at: now, ...sure };
  };
  const [one, two] = [found(jane.visitor, kate.visitor), found(jane.visitor, lena.visitor)];
  await saveFound(env.DB, jane.visitor as VisitorId, [one, two]);
  await said("GET /_u/api/suggestions");
  const idOf = ({ a, b }: typeof one): string => `${a}.${b}`;
  await said("GET /_u/api/suggestions/:id", `/suggestions/${idOf(one)}`).catch(() => undefined);
  await said("POST /_u/api/suggestions/:id/reject", `/suggestions/${idOf(two)}/reject`, {
    why: "two",
  });
  await said("POST /_u/api/suggestions/:id/approve", `/suggestions/${idOf(one)}/approve`, {
    dryRun: true,
  });
  await said("GET /_u/api/suggestions", "/suggestions?state=rejected");
  await said("GET /_u/api/merge-rules");
  const { version: _, ...rules } = DEFAULT_MERGE_RULES;
  await said("PUT /_u/api/merge-rules", undefined, rules);
  await said("GET /_u/api/merge-rules/versions");
  await said("GET /_u/api/merge-rules/versions/:version", "/merge-rules/versions/2");
  const { blocked } = await said("POST /_u/api/quarantine", undefined, {
    identifier: "email:box@club.example.org",
    why: "a box office",
  });
  await said("GET /_u/api/quarantine");
  await said("DELETE /_u/api/quarantine/:id", `/quarantine/${encodeURIComponent(String(blocked))}`);
  expect(wrong.splice(0)).toEqual([]);
});

test("consent, receipts, requests and what is kept are what the description says", async () => {
  const policy = await said("GET /_u/api/policy");
  await said("PUT /_u/api/policy", "/policy?note=again", policy);
  await said("GET /_u/api/policy/versions");
  await said("GET /_u/api/policy/versions/:version", "/policy/versions/1");
  const purposes = as<{ id: string; retentionDays: number }[]>(policy["purposes"]).map((each) => ({
    ...each,
    retentionDays: each.retentionDays - 1,
  }));
  await said("PUT /_u/api/policy/draft", undefined, { ...policy, purposes });
  await said("GET /_u/api/policy/draft");
  await said("GET /_u/api/policy/draft/what-if");
  await said("POST /_u/api/policy/simulate", undefined, { region: "DE", gpc: true });
  await said("POST /_u/api/policy/simulate", undefined, {
    region: "US-CA",
    policy: { ...policy, purposes },
  });
  await said("DELETE /_u/api/policy/draft");
  const gone = await consenting();
  await gone.send("page", { messageId: crypto.randomUUID(), name: "News" });
  await settle([gone.visitor ?? ""]);
  await said("GET /_u/api/receipts", `/receipts?visitor=${jane.visitor}`);
  const request = (kind: string, visitors: unknown[], identifier: string) =>
    said("POST /_u/api/requests", undefined, { kind, identifier, visitors });
  const exported = await request("export", [], "email:jane@club.example.org");
  const erased = await request("erase", [gone.visitor], "email:nobody@club.example.org");
  for (const { id } of [exported, erased])
    await said("GET /_u/api/requests/:id", `/requests/${String(id)}`);
  await said("GET /_u/api/requests");
  await said("GET /_u/api/receipts", `/receipts?visitor=${gone.visitor}`);
  await said("GET /_u/api/receipts/verify");
  await said("GET /_u/api/receipts/export");
  await said("GET /_u/api/receipts/check.mjs");
  await said("POST /_u/api/erasures/reapply");
  await said("GET /_u/api/retention");
  await said("GET /_u/api/record");
  await said("GET /_u/api/cookies");
  expect(wrong.splice(0)).toEqual([]);
});

test("reports, lists and what leaves are what the description says", async () => {
  const webhooks = {
    hooks: [{ id: "crm", url: "https://crm.example.org/usher", purpose: "measurement" }],
  };
  await said("PUT /_u/api/webhooks", undefined, webhooks);
  const delivery = { hook: "crm", day: dayOf(now), since: 0, until: 1, purpose: "measurement" };
  const tries = { at: now, tries: 8, next: now, events: 7 };
  await beginDelivery(env.DB, { ...delivery, ...tries, id: "1", state: "dead", status: 503 });
  await beginDelivery(env.DB, { ...delivery, ...tries, id: "2", state: "open", status: null });
  await said("GET /_u/api/webhooks");
  await said(
    "POST /_u/api/webhooks/:id/deliveries/:delivery/again",
    "/webhooks/crm/deliveries/1/again",
    {},
  );
  for (const file of ["events.ndjson", "people.ndjson", "people.csv"])
    await said(`GET /_u/api/export/${file}`, `/export/${file}?purpose=measurement`);
  await said("POST /_u/api/links", undefined, {
    identifier: "email:jane@club.example.org",
    url: "https://www.example.org/",
  });
  await said("GET /_u/api/hints");
  await said("GET /_u/api/hints.csv");
  const { sent } = await said("POST /_u/api/hints/sent", undefined, {
    action: "letter",
    people: [person, "a".repeat(26)],
  });
  const hint = as<{ hint: string }[]>(sent)[0]?.hint ?? "";
  await said("POST /_u/api/hints/:hint/:outcome", `/hints/${hint}/taken`, {});
  const { insight: __, ...catalogue } = await said("GET /_u/api/actions");
  await said("PUT /_u/api/actions", undefined, catalogue);
  await settle([jane.visitor ?? ""]);
  for (const report of ["overview", "actions", "segments", "setup", "meter"])
    await said(`GET /_u/api/reports/${report}`);
  await saveDocument(
    env.DB,
    "insights",
    {
      at: now,
      people: 40,
      affinities: [{ from: "read news", to: "did Order Completed", people: 20, both: 12, llr: 30 }],
      segments: [
        {
          name: "Readers",
          people: 12,
          traits: [{ words: "read news", inside: 0.9, outside: 0.1 }],
        },
      ],
    },
    now,
  );
  await said("GET /_u/api/reports/segments");
  for (const query of ["", "?by=campaign", "?outcome=Newsletter+Subscribed"])
    await said("GET /_u/api/reports/attribution", `/reports/attribution${query}`);
  await said("PUT /_u/api/event-plan", undefined, {
    events: [
      {
        name: "Order Completed",
        properties: [{ name: "revenue", type: "number", required: true }],
      },
    ],
  });
  await said("GET /_u/api/event-plan");
  await said("GET /_u/api/metrics");
  await said("GET /_u/api/resharding");
  await said("GET /_u/api/openapi.json");
  await said("POST /_u/api/origins/:origin/approve", "/origins/club/approve", {});
  await said("POST /_u/api/origins/:origin/withdraw", "/origins/club/withdraw", {});
  await said("GET /_u/api/origins");
  expect(wrong.splice(0)).toEqual([]);
});

test("every call's answer is described, and every one that is read was compared", () => {
  const calls = apiRoutes.map(([method, path]) => `${method} ${path}`);
  expect(Object.keys(ANSWERS).toSorted()).toEqual(calls.toSorted());
  expect(calls.filter((call) => call.startsWith("GET ") && !asked.has(call))).toEqual([]);
});
