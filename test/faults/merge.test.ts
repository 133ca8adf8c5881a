import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { type Fault, inject } from "../support/faults.ts";
import { settle } from "../support/objects.ts";
import { api, Browser } from "../support/site.ts";

interface Person {
  id: string;
  visitors: { id: string; events: number }[];
  merges: { id: string; undone: unknown }[];
}

let run = 0;

/** Two devices, each with a past, sign in as one user; then the merge is undone. */
async function story(fault: Fault): Promise<{ done: boolean; hit: string | null }> {
  const name = `${fault.what}-${fault.when}-${fault.nth}-${++run}`;
  const injection = inject(fault);
  try {
    const devices = await Promise.all(["a", "b"].map((each) => visitor(`${name}-${each}`)));
    const ids = devices.map((browser) => browser.visitor!);
    for (const [n, browser] of devices.entries())
      await browser.send("identify", { messageId: `${name}-sign-in-${n}`, userId: `user-${name}` });
    await settle(ids);

    const merged = await personOf(ids[0]!);
    expect(merged.visitors.map(({ id }) => id).sort(), `${injection.hit} merged`).toEqual(
      [...ids].sort(),
    );
    expect(merged.merges).toHaveLength(1);
    expect(await eventsOf(ids)).toEqual(expectedEvents(name));

    const undo = api(`/merges/${merged.merges[0]!.id}/undo`, undefined, {}).catch(() => null);
    for (let wait = 0; wait < 40 && (await settled(ids)) === false; wait++) await settle(ids);
    await undo;
    await settle(ids);
    const apart = await Promise.all(ids.map(personOf));
    expect(
      apart.map((person) => person.visitors.map(({ id }) => id)),
      `${injection.hit} undone`,
    ).toEqual(ids.map((id) => [id]));
    expect(apart.map((person) => person.visitors[0]!.events)).toEqual([2, 2]);
    expect(await eventsOf(ids)).toEqual(expectedEvents(name));
    return { done: injection.calls < fault.nth, hit: injection.hit };
  } finally {
    injection.stop();
  }
}

async function settled(ids: readonly string[]): Promise<boolean> {
  const persons = await Promise.all(ids.map(personOf));
  return persons.every((person) => person.visitors.length === 1);
}

async function visitor(name: string): Promise<Browser> {
  const browser = new Browser({
    "usher-region": "DE",
    "cf-connecting-ip": `198.51.100.${run % 250}`,
  });
  await browser.consent({ accept: "all" });
  await browser.send("track", { messageId: `${name}-before`, event: "Looked" });
  return browser;
}

const personOf = async (id: string): Promise<Person> =>
  (await api(`/people/${id}`)).body as unknown as Person;

async function eventsOf(ids: readonly string[]): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT id FROM events WHERE visitor IN (SELECT value FROM json_each(?)) ORDER BY id",
  )
    .bind(JSON.stringify(ids))
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

const expectedEvents = (name: string): string[] =>
  [`${name}-a-before`, `${name}-b-before`, `${name}-sign-in-0`, `${name}-sign-in-1`].sort();

for (const what of ["fail", "kill"] as const)
  for (const when of ["before", "after"] as const)
    test(`a merge, its flush and its undo come right when the object's Nth call ${what === "kill" ? "kills it" : "fails"} ${when} it took effect, for every N`, async () => {
      for (let nth = 1; ; nth++) {
        const { done } = await story({ nth, when, what });
        if (done) break;
        expect(nth).toBeLessThan(60);
      }
    });
