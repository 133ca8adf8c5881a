/**
 * Objects live long, and each hears of another version of the policy at its own time: nobody is judged by names that aren't known.
 * And what was agreed to under one version isn't taken for more under another.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { BUILT_IN_OPENINGS } from "../../../src/domain/consent/openings.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import { policies } from "../../../src/http/documents.ts";
import type { Host } from "../../../src/person/host.ts";
import type { PersonPorts } from "../../../src/person/ports.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { calledOtherwise } from "../../support/renamed.ts";
import { api, Browser, eventually, OFFICER_TOKEN, server } from "../../support/site.ts";
import { books, clear } from "../d1/books.ts";
import { identityToken } from "../identity/tokens.ts";
import { exportedEvents, exportedPeople } from "./exported.ts";

let n = 0;
const id = (): string => `versions-${++n}`;

beforeEach(async () => {
  await clear();
  policies.forget(env.DB);
});

async function put(policy: Policy): Promise<void> {
  const { status, body } = await api("/policy", OFFICER_TOKEN, policy, "PUT");
  expect(status, JSON.stringify(body)).toBe(200);
  policies.forget(env.DB);
}

const rename = (): Promise<void> => put(calledOtherwise(DEFAULT_POLICY, undefined, true));

async function agreeing(): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  return browser;
}

async function signIn(browser: Browser, user: string): Promise<void> {
  const context = { identityToken: await identityToken(user) };
  await browser.send("identify", { messageId: id(), userId: user, context });
}

/** So many events are in D1. */
const landed = (events: number) =>
  eventually(async () => ((await books())["events"]?.length === events ? true : null));

test("who agreed under new names is joined with whom an object holds that knew only the old ones", async () => {
  const laptop = await agreeing();
  await signIn(laptop, "versions-1");
  await settle([laptop.visitor ?? ""]);
  await rename();
  const phone = await agreeing();
  await signIn(phone, "versions-1");
  await settle([phone.visitor ?? "", laptop.visitor ?? ""]);
  const { body } = await api(`/people/${phone.visitor}`);
  expect(body["visitors"]).toHaveLength(2);
});

test("what a server sends under new names isn't dropped by an object that can't read them up: it is sent again", async () => {
  await rename();
  const context = { consent: { categoryPreferences: { statistics: true, linking: true } } };
  const track = () =>
    server("track", { userId: "versions-2", event: "Bought", messageId: id(), context });
  expect((await track()).body).toMatchObject({ accepted: 1 });
  const person = await eventually(async () => {
    const { body } = await api("/people?identifier=user_id:versions-2");
    return (body["people"] as { id: string }[])[0] ?? null;
  });
  const ports = await runInDurableObject(objectOf(person.id), (object) => {
    const parts = object as unknown as { host: Host; ports: PersonPorts; version: number };
    const { retention } = parts.ports;
    // As it wakes up.
    parts.host.inform(BUILT_IN_OPENINGS);
    parts.version = 0;
    parts.ports.retention = () => Promise.resolve(null);
    return { readAgain: () => (parts.ports.retention = retention) };
  });
  expect(await track()).toMatchObject({ status: 503 });
  ports.readAgain();
  expect((await track()).body).toMatchObject({ accepted: 1, dropped: [] });
});

test("what a server sent with a yes to less isn't handed on for a purpose that has become more, until it is said anew", async () => {
  const said = async (names: readonly string[], user: string): Promise<void> => {
    const consent = { categoryPreferences: Object.fromEntries(names.map((each) => [each, true])) };
    const event = { userId: user, event: "Bought", messageId: id(), context: { consent } };
    expect((await server("track", event)).body).toMatchObject({ accepted: 1 });
  };
  await said(["measurement"], "versions-3");
  await landed(1);
  expect(await exportedEvents("measurement")).toHaveLength(1);
  expect(await exportedPeople("measurement")).toHaveLength(1);
  const [necessary, measurement, personalization, recognition, advertising] =
    DEFAULT_POLICY.purposes;
  const both = {
    ...measurement!,
    id: "both",
    formerly: ["measurement", "advertising"],
    switchesOn: [...measurement!.switchesOn, ...advertising!.switchesOn],
  };
  const list = (ids: readonly string[]): string[] => [
    ...new Set(ids.map((each) => (both.formerly.includes(each) ? "both" : each))),
  ];
  const { signals, cookies } = DEFAULT_POLICY;
  await put({
    ...DEFAULT_POLICY,
    purposes: [necessary!, both, personalization!, recognition!],
    defaults: { "opt-in": {}, "opt-out": {}, notice: {} },
    signals: { ...signals, tcf: { ...signals.tcf, purposes: { both: [1, 2, 3, 4, 7, 8] } } },
    cookies: cookies.map((each) => ({ ...each, purposes: list(each.purposes) })),
  });
  expect(await exportedEvents("both")).toEqual([]);
  expect(await exportedPeople("both")).toEqual([]);
  await said(["both"], "versions-4");
  await landed(2);
  expect(await exportedEvents("both")).toHaveLength(1);
});

test("a purpose that comes to count campaigns counts those alone that are recorded after it does", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  const buy = async (): Promise<void> => {
    await browser.consent({ choices: { measurement: true } });
    const url = "http://localhost:8787/?utm_source=google";
    await browser.send("page", { messageId: id(), context: { page: { url } } });
    const order = { event: "Order Completed", messageId: id(), properties: { total: 9 } };
    expect((await browser.send("track", order)).body).toMatchObject({ accepted: 1 });
    await settle([browser.visitor ?? ""]);
  };
  await buy();
  const purposes = DEFAULT_POLICY.purposes.map((purpose) =>
    purpose.id === "measurement"
      ? { ...purpose, switchesOn: [...purpose.switchesOn, "attribution" as const] }
      : purpose,
  );
  await put({ ...DEFAULT_POLICY, purposes });
  const outcomes = async () => (await api("/reports/attribution")).body["outcomes"];
  expect(await outcomes()).toMatchObject({ all: 1, consented: 0, touched: 0 });
  await buy();
  expect(await outcomes()).toMatchObject({ all: 2, consented: 1, touched: 1 });
});
