/** What every reader of D1 says, for tests that hold several databases against one. */
import { BUILT_IN_OPENINGS } from "../../../src/domain/consent/openings.ts";
import { landedDays } from "../../../src/d1/anchors.ts";
import { arrivals, arrived } from "../../../src/d1/deliveries.ts";
import { erasuresOf } from "../../../src/d1/erasures.ts";
import { readJourney } from "../../../src/d1/events.ts";
import { countHeld, hintsOf } from "../../../src/d1/held.ts";
import { readHints } from "../../../src/d1/hints.ts";
import { loadPersons, readHistories } from "../../../src/d1/histories.ts";
import { firstHintDay, readClosings } from "../../../src/d1/learning.ts";
import { countOfDay, eventsAfter, peopleAfter, stateOfDay } from "../../../src/d1/outgoing.ts";
import { listPeople, type PeopleQuery } from "../../../src/d1/people.ts";
import { readReached } from "../../../src/d1/reached.ts";
import { newestReceipts, receiptsAfter, receiptsOf } from "../../../src/d1/receipts.ts";
import {
  countDormant,
  countExpired,
  dormantSince,
  purposesBetween,
} from "../../../src/d1/retention.ts";
import { figuresOf, readRollups, stagesOn } from "../../../src/d1/rollups.ts";
import { storedFacts } from "../../../src/d1/stored.ts";
import { readTakes } from "../../../src/d1/takes.ts";
import { WHOLE } from "../../../src/d1/stretches.ts";
import { readJourneys } from "../../../src/d1/touches.ts";
import { DAY_MS, dayOf, type VisitorId } from "../../../src/domain/ids.ts";
import type { Landing } from "../../../src/domain/ports.ts";
import { event, hint, landing, NOON, person, receipt, visitor } from "./books.ts";

export const who: readonly VisitorId[] = Array.from({ length: 24 }, (_, n) =>
  visitor(`v${n.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "")}n`),
);
export const today = dayOf(NOON);

/** What one visitor's object hands over, `n` days ago. */
export const landingOf = (of: VisitorId, n: number): Landing => {
  const at = NOON - n * DAY_MS + (of.charCodeAt(1) % 7) * 1_000;
  const purposes =
    n % 2 === 0 ? ["advertising", "measurement", "personalization"] : ["measurement"];
  return landing({
    events: [
      {
        visitor: of,
        event: event(`e${n}`, {
          at,
          purposes,
          type: "page",
          topics: ["tickets"],
          campaign: { source: "mail" },
          page: { url: "https://www.example.org/a", path: "/a" },
        }),
      },
      { visitor: of, event: event(`o${n}`, { at: at + 5, purposes, valueCents: 500 }) },
    ],
    receipts: [receipt(of, n + 1, { at })],
    hints: [hint(of, `h${"abc"[n]}`, { at, outcome: n === 1 ? "taken" : "shown" })],
    person: person(of, {
      day: today - n,
      lastSeen: at,
      revision: 10 - n,
      stage: n === 0 ? "person" : "activity",
      unlist: [today - n - 1],
    }),
  });
};

async function walk(of: D1Database, query: PeopleQuery): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await listPeople(of, { ...query, ...(cursor ? { cursor } : {}) });
    ids.push(...page.people.map(({ id, seenDay }) => `${id} ${seenDay}`));
    if (page.cursor === null) return ids;
    cursor = page.cursor;
  }
}

async function journey(of: D1Database): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await readJourney(of, {
      of: who.map((each) => ({ visitor: each, days: [today, today - 1, today - 2] })),
      limit: 7,
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.events.map((step) => `${step.visitor} ${step.event.id}`));
    if (page.cursor === null) return seen;
    cursor = page.cursor;
  }
}

/** What every reader says. */
export async function answers(of: D1Database) {
  const [from, to] = [today - 5, today];
  const held = { visitors: who, claims: [], merges: [] };
  const seconds = { day: today, since: 0, until: 4_000_000_000 };
  const figures = async () => {
    const found = await figuresOf(of, today);
    return found.map((each) => JSON.stringify(each)).toSorted();
  };
  return {
    people: await walk(of, { limit: 5 }),
    known: await walk(of, { limit: 3, stage: "person" }),
    begin: await walk(of, { limit: 3, prefix: "vq" }),
    journey: await journey(of),
    receipts: await receiptsOf(of, { visitors: who, limit: 9 }),
    chains: await receiptsAfter(of, { visitor: who[3] as string, seq: 1 }, 11),
    newest: await newestReceipts(of, "", 9),
    landed: (await landedDays(of, 0, 99_999)).map(({ heads, ...day }) => ({
      ...day,
      heads: heads.map((head) => JSON.stringify(head)).toSorted(),
    })),
    hints: await readHints(of, { from, to, limit: 13 }),
    ofThem: (await hintsOf(of, who)).map(({ hint: id, at }) => `${at} ${id}`),
    closings: await readClosings(of, from, to, 10),
    firstHint: await firstHintDay(of),
    takes: await readTakes(of, from, to),
    held: await countHeld(of, held),
    purposes: await purposesBetween(of, { from: 0, before: today }),
    dormant: [await countDormant(of, today), await dormantSince(of, today, 4)],
    expired: await countExpired(of, { table: "events", before: today }),
    histories: (await readHistories(of, BUILT_IN_OPENINGS, from, to)).length,
    reached: (await readReached(of, BUILT_IN_OPENINGS, { from, to }, ["track:Ticket Viewed"]))(
      "track:Ticket Viewed",
    ),
    attributed: (
      await readJourneys(of, BUILT_IN_OPENINGS, { from, to }, WHOLE, await loadPersons(of))
    ).outcomes,
    figures: await figures(),
    stages: (await stagesOn(of, today)).map(({ value, visitors }) => [value, visitors]),
    rollups: await readRollups(of, { from, to }),
    out: (await eventsAfter(of, { day: 0, visitor: "", id: "" }, to, ["advertising"], 9)).map(
      (each) => each.event.id,
    ),
    list: await peopleAfter(of, { day: 0, id: "" }, to, 8),
    day: [await countOfDay(of, today), (await stateOfDay(of, today, 1)).map(({ part }) => part)],
    arrivals: (await arrivals(of, seconds, ["measurement"], 9)).reduce((a, b) => a + b.events, 0),
    arrived: (await arrived(of, seconds, ["measurement"])).length,
    facts: await storedFacts(of),
    erased: [...(await erasuresOf(of, who))],
  };
}
