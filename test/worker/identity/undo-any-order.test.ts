/** Merges and undos in any order, with people and events arriving in between, through the officer's own API. */
import { expect, test } from "vitest";
import { components } from "../../../src/domain/identity/evidence.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import { below, pick, seeded } from "../../sim/random.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, OFFICER_TOKEN, server } from "../../support/site.ts";

const STEPS = 16;

interface Merge {
  id: string;
  visitors: [VisitorId, VisitorId];
  undone: unknown;
}
interface Person {
  visitors: { id: VisitorId }[];
  merges: Merge[];
}

test.each([1, 2, 3])(
  "after merges and undos in any order (%i) the persons are the components of the merges that stand, each with its own events",
  async (seed) => {
    const random = seeded(seed);
    const visitors: VisitorId[] = [];
    const events = new Map<VisitorId, string[]>();
    const undone = new Set<string>();
    let n = 0;

    const says = async (device: number, email?: string): Promise<void> => {
      const name = `undo-${seed}-${device}`;
      const visitor = await sources.sourceVisitor("anonymous_id", name);
      if (!visitors.includes(visitor)) visitors.push(visitor);
      const messageId = `${name}-${++n}`;
      events.set(visitor, [...(events.get(visitor) ?? []), messageId]);
      const { body } = await server(email === undefined ? "track" : "identify", {
        messageId,
        anonymousId: name,
        event: "Seen",
        context: { traits: { email }, consent: { categoryPreferences: ALL } },
      });
      expect(body).toMatchObject({ accepted: 1 });
    };
    const personOf = async (visitor: VisitorId): Promise<Person> =>
      (await api(`/people/${visitor}`)).body as unknown as Person;
    const merges = async (): Promise<Merge[]> => {
      const all = await Promise.all(visitors.map(personOf));
      return [
        ...new Map(all.flatMap((each) => each.merges).map((each) => [each.id, each])).values(),
      ];
    };
    const standing = async (): Promise<Merge[]> => (await merges()).filter((each) => !each.undone);

    for (let step = 0; step < STEPS; step++) {
      const choice = visitors.length < 3 ? 0 : below(random, 8);
      if (choice <= 1) await says(below(random, 6));
      else if (choice <= 3)
        await says(below(random, 6), `undo-${seed}-${below(random, 2)}@club.example`);
      else if (choice <= 5) {
        const [a, b] = [pick(random, visitors), pick(random, visitors)];
        if (a !== b) await api("/merges", OFFICER_TOKEN, { a, b, force: true });
      } else {
        const edges = await standing();
        if (edges.length === 0) continue;
        const edge = pick(random, edges);
        const [near, far] = edge.visitors;
        const { status } = await api(`/merges/${edge.id}/undo`, OFFICER_TOKEN, {});
        expect(status).toBe(200);
        undone.add(edge.id);
        await settle(visitors);
        expect((await personOf(near)).visitors.map(({ id }) => id)).not.toContain(far);
      }
      await settle(visitors);
    }

    const edges = await standing();
    expect(edges.filter(({ id }) => undone.has(id))).toEqual([]);
    const links = edges.map(({ visitors: [a, b] }) => ({ a, b }));
    const expected = components(visitors, links, (a, b) => (a < b ? -1 : 1));
    expect(links.length).toBe(visitors.length - expected.length);
    for (const person of expected) {
      const ids = person.flatMap((visitor) => events.get(visitor) ?? []).sort();
      for (const visitor of person) {
        const shown = (await personOf(visitor)).visitors.map(({ id }) => id).sort();
        expect(shown).toEqual([...person].sort());
      }
      const journey = (await api(`/people/${person[0]}/journey`)).body["events"] as {
        id: string;
      }[];
      expect(journey.map(({ id }) => id).sort()).toEqual(ids);
    }
  },
);
