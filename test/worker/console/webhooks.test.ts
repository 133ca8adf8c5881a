/** The page on which an officer lets events go to the site's own systems, and looks what became of it. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { dayOf } from "../../../src/domain/ids.ts";
import { webhookSecret, webhooksInForce } from "../../../src/out/webhooks.ts";
import { beginDelivery, deliveriesOf } from "../../../src/d1/deliveries.ts";
import { testBindings } from "../../support/bindings.ts";
import { MARKETER_TOKEN, OFFICER_TOKEN } from "../../support/site.ts";
import { clear } from "../d1/books.ts";
import { type Console, pageOf, signedIn } from "./session.ts";

const PAGE = "/_u/console/webhooks";
const now = Date.now();
const crm = {
  id: "crm",
  url: "https://crm.example.org/usher",
  purpose: "measurement",
  events: "Order Completed\r\n\r\n Signed Up \r\n",
};

let officer: Console;
let form: string;
beforeEach(async () => {
  await clear();
  officer = await signedIn(OFFICER_TOKEN);
  form = await officer.formToken();
});

const version = async (): Promise<string> => String((await webhooksInForce(env.DB)).version);
const add = async (fields: Record<string, string>) =>
  officer.form(PAGE, { form, version: await version(), ...fields });
const change = async (asked: string, id = "crm") =>
  officer.form(`${PAGE}/${id}`, { form, version: await version(), do: asked });
const held = async () => (await webhooksInForce(env.DB)).hooks;
const secretIn = (page: string): string => /<code>([0-9a-f]{64})<\/code>/.exec(page)?.[1] ?? "";

test("an officer adds a system, and sees its secret once, when it gets another, and when asked for", async () => {
  const page = pageOf(await add(crm));
  const [hook] = await held();
  expect(hook).toMatchObject({
    id: "crm",
    enabled: true,
    purpose: "measurement",
    events: ["Order Completed", "Signed Up"],
  });
  expect(secretIn(page)).toBe(await webhookSecret(testBindings.SERVER_KEY, hook!));
  expect(secretIn(pageOf(await officer.call(PAGE)))).toBe("");
  expect(secretIn(pageOf(await change("show")))).toBe(secretIn(page));
  const renewed = secretIn(pageOf(await change("renew")));
  expect(renewed).toMatch(/^[0-9a-f]{64}$/);
  expect(renewed).not.toBe(secretIn(page));
  const marketers = pageOf(await (await signedIn(MARKETER_TOKEN)).call(PAGE));
  expect(marketers).toContain("https://crm.example.org/usher");
  expect(marketers).not.toMatch(/<form[^>]*webhooks|[0-9a-f]{64}/);
});

test("what can't be sent to comes back to its field with what was typed, and nothing is kept", async () => {
  const said = await add({ ...crm, id: "No Name", url: "http://10.0.0.1/hook" });
  const page = pageOf(said);
  expect(said.status).toBe(422);
  expect(page).toContain('href="#id"');
  expect(page).toContain('href="#url"');
  expect(page).toContain('value="http://10.0.0.1/hook"');
  const opened = await version();
  await add(crm);
  expect((await add(crm)).status).toBe(422);
  expect((await add({ ...crm, id: "b", purpose: "necessary" })).status).toBe(422);
  expect(await held()).toHaveLength(1);
  // Whoever opened the page before another was added loses nothing by it.
  expect(pageOf(await add({ ...crm, id: "later", version: opened }))).toContain(
    "The secret of later",
  );
  expect(await held()).toHaveLength(2);
});

test("it is paused, goes on and is taken out; of two who change it at once the second is told", async () => {
  await add(crm);
  await change("pause");
  expect(await held()).toMatchObject([{ enabled: false }]);
  expect(pageOf(await officer.call(PAGE))).toContain("paused");
  const before = await version();
  await change("resume");
  expect(await held()).toMatchObject([{ enabled: true }]);
  const late = await officer.form(`${PAGE}/crm`, { form, version: before, do: "remove" });
  expect(late.status).toBe(409);
  expect(pageOf(late)).toContain("so nothing was done to crm");
  const [, fresh] = /webhooks\/crm"[\s\S]*?name="version" value="(\d+)"/.exec(pageOf(late)) ?? [];
  expect(fresh).toBe(await version());
  expect((await officer.form(`${PAGE}/crm`, { form, do: "remove" })).status).toBe(409);
  expect((await change("explode")).status).toBe(422);
  expect((await change("pause", "nobody")).status).toBe(404);
  await change("remove");
  expect(await held()).toEqual([]);
});

test("the tries are told, and what was given up is sent again by a button", async () => {
  await add(crm);
  const delivery = { hook: "crm", day: dayOf(now), since: 0, until: 1, purpose: "measurement" };
  const tries = { at: now, tries: 8, next: now, events: 7, status: 503 };
  await beginDelivery(env.DB, { ...delivery, ...tries, id: "0001", state: "dead" });
  await beginDelivery(env.DB, {
    ...delivery,
    ...tries,
    id: "0002",
    state: "sent",
    tries: 1,
    status: 204,
  });
  const page = pageOf(await officer.call(PAGE));
  for (const words of ["given up", "answered 503", "answered 204", "Send again"])
    expect(page).toContain(words);
  const again = () => officer.form(`${PAGE}/crm/again`, { form, delivery: "0001" });
  expect((await again()).status).toBe(303);
  expect(await deliveriesOf(env.DB, "crm", 9)).toMatchObject([
    { state: "sent" },
    { id: "0001", state: "open", tries: 0 },
  ]);
  expect((await again()).status).toBe(303);
  const sent = { form, delivery: "0002" };
  expect((await officer.form(`${PAGE}/crm/again`, sent)).status).toBe(404);
});
