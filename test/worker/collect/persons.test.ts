import { expect, test } from "vitest";
import { ALL, api, Browser, eventually, server } from "../../support/site.ts";

interface Person {
  id: string;
  visitors: { id: string }[];
}

const personOf = async (id: string): Promise<Person> =>
  (await api(`/people/${id}`)).body as unknown as Person;
const findBy = async (identifier: string): Promise<{ id: string }[]> =>
  (await api(`/people?identifier=${encodeURIComponent(identifier)}`)).body["people"] as {
    id: string;
  }[];

async function consenting(): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  return browser;
}

async function tokenOf(member: string): Promise<unknown> {
  return (await new Browser().call(`/demo/token?user=${member}`)).body["token"];
}

test("a second verified user on the same device starts a new visitor, and the two people stay two", async () => {
  const tablet = await consenting();
  const sign = async (member: string, messageId: string): Promise<void> => {
    const context = { identityToken: await tokenOf(member) };
    const said = await tablet.send("batch", {
      batch: [
        { type: "track", event: "Before", messageId: `${messageId}-before` },
        { type: "identify", userId: member, messageId, context },
        { type: "track", event: "After", messageId: `${messageId}-after` },
      ],
    });
    expect(said.body).toMatchObject({ accepted: 3 });
  };
  await sign("member-1042", "family-1");
  const first = tablet.visitor!;
  await sign("member-1177", "family-2");
  const second = tablet.visitor!;
  expect(second).not.toBe(first);
  const [john, ida] = await Promise.all([
    eventually(async () => (await findBy("user_id:member-1042"))[0]?.id ?? null),
    eventually(async () => (await findBy("user_id:member-1177"))[0]?.id ?? null),
  ]);
  expect(john).not.toBe(ida);
  const events = async (id: string): Promise<string[]> =>
    ((await api(`/people/${id}/journey`)).body["events"] as { id: string }[])
      .map((event) => event.id)
      .sort();
  expect(await events(john)).toEqual([
    "family-1",
    "family-1-after",
    "family-1-before",
    "family-2-before",
  ]);
  expect(await events(ida)).toEqual(["family-2", "family-2-after"]);

  // The same sign-in again, as after a lost answer, agrees on the same new visitor.
  const retry = new Browser({ "usher-region": "DE" });
  await retry.consent({ accept: "all" });
  expect((await personOf(second)).visitors.map(({ id }) => id)).toEqual([second]);
});

test("two devices that claim one address at once become one person", async () => {
  for (let round = 0; round < 5; round++) {
    const email = `both-${round}@example.org`;
    const devices = await Promise.all([consenting(), consenting(), consenting()]);
    await Promise.all(
      devices.map((device, n) =>
        device.send("identify", { messageId: `both-${round}-${n}`, traits: { email } }),
      ),
    );
    await eventually(async () => {
      const persons = await Promise.all(devices.map((device) => personOf(device.visitor!)));
      return (
        new Set(persons.map((person) => person.id)).size === 1 && persons[0]!.visitors.length === 3
      );
    });
  }
});

test("three persons that merge in a ring end as one, with a forest of two merges", async () => {
  const devices = await Promise.all([consenting(), consenting(), consenting()]);
  const pairs = ["ring-a@example.org", "ring-b@example.org", "ring-c@example.org"];
  await Promise.all(
    devices.flatMap((device, n) =>
      [pairs[n]!, pairs[(n + 1) % 3]!].map((email, m) =>
        device.send("identify", { messageId: `ring-${n}-${m}`, traits: { email } }),
      ),
    ),
  );
  const person = await eventually(async () => {
    const found = (await personOf(devices[0].visitor!)) as Person & { merges: unknown[] };
    return found.visitors.length === 3 ? found : null;
  });
  expect(person.merges).toHaveLength(2);
});

test("an anonymous id joins a server's data to the first browser that said it, and never two browsers", async () => {
  const [first, second] = [await consenting(), await consenting()];
  await first.send("page", { messageId: "anon-1", anonymousId: "shared-anon" });
  await server("track", {
    messageId: "anon-s",
    anonymousId: "shared-anon",
    event: "Ticket scanned",
    context: { consent: { categoryPreferences: ALL } },
  });
  await second.send("page", { messageId: "anon-2", anonymousId: "shared-anon" });
  await eventually(async () => {
    const person = await personOf(first.visitor!);
    return person.visitors.length === 2;
  });
  await eventually(async () => {
    const claims = (await personOf(second.visitor!)) as unknown as {
      identifiers: { state: string }[];
    };
    return claims.identifiers.every(({ state }) => state !== "waiting");
  });
  expect((await personOf(second.visitor!)).visitors).toHaveLength(1);
});

test("events that arrive at a former home are kept where the visitor lives now, and the cookie heals", async () => {
  const [older, younger] = [await consenting(), await consenting()];
  await older.send("track", { event: "First", messageId: "heal-0" });
  await younger.send("track", { event: "First", messageId: "heal-1" });
  const before = younger.jar.get("usher");
  for (const [n, device] of [older, younger].entries())
    await device.send("identify", { userId: "healed", messageId: `heal-id-${n}` });
  await eventually(async () => (await personOf(younger.visitor!)).visitors.length === 2);
  const said = await younger.send("track", { event: "Later", messageId: "heal-2" });
  expect(said.body).toMatchObject({ accepted: 1 });
  expect(said.cookies.get("usher")).not.toBe(before);
  const again = await younger.send("track", { event: "Later", messageId: "heal-3" });
  expect(again.cookies.has("usher")).toBe(false);
  expect(younger.visitor).toBe(before!.split(".")[1]);
});

test("an iPad that asks for desktop pages is a tablet by what the snippet says of its screen", async () => {
  const agent =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15";
  const typeOf = async (touchPoints: number): Promise<unknown> => {
    const browser = new Browser({ "usher-region": "DE", "user-agent": agent });
    await browser.consent({ accept: "all" });
    const context = { page: { url: "http://localhost:8787/app" }, device: { touchPoints } };
    await browser.send("page", { messageId: crypto.randomUUID(), context });
    const { visitors } = await personOf(browser.visitor!);
    return (visitors[0] as { device?: { type: string } } | undefined)?.device?.type;
  };
  expect([await typeOf(5), await typeOf(0)]).toEqual(["tablet", "desktop"]);
});
