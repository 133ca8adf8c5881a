/** A town of people that the site's server knows, for tests of the matching: enough to learn from, and whoever a test adds. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { DEFAULT_MERGE_RULES, type MergeRules } from "../../../src/domain/identity/rules.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { type Progress, suggest } from "../../../src/suggest/job.ts";
import { settle } from "../../support/objects.ts";
import { identifierKeys as identifiers } from "../../support/identifier-keys.ts";
import { ALL, api, OFFICER_TOKEN, server } from "../../support/site.ts";
import { generatePeople } from "../../unit/matching/people.ts";

export type Traits = Record<string, string>;

/** Somebody who resembles nobody else, whoever `n` is. */
export function somebody(n: number): Traits {
  const pick = (words: string): string => words.split(" ")[n % 12] ?? "";
  return {
    firstName: pick("Jane Amara Quentin Ilse Bruno Wanda Ottilie Yusuf Petra Leopold Farah Gwen"),
    lastName: pick(
      "Quillfeather Marchbanks Oyelaran Thistlewood Zimmerling Brackenbury Kowalczyk Vandermeer Eisenhauer Umberfield Nightingale Przybylski",
    ),
    birthday: `19${51 + ((n * 17) % 48)}-${String(1 + ((n * 5) % 12)).padStart(2, "0")}-${10 + ((n * 7) % 18)}`,
    street: `${3 + n * 7} ${pick("Harbour Mill Orchard Chapel Quarry Tannery Weaver Fountain Abbey Canal Lantern Poplar")} Lane`,
    city: pick(
      "Portwick Eastmoor Highfen Lowdale Ashby Corvale Dunmere Elmstead Fernley Glenrock Holmby Inverley",
    ),
    postalCode: String(4100 + n * 613),
  };
}

/** Strangers, each on record once or twice: what the model is learned from. */
export const strangers = (persons: number, seed = 7) =>
  generatePeople({
    seed,
    persons,
    extraRecords: 1,
    households: 0.2,
    noise: 0.1,
    missing: 0.15,
    moved: 0.05,
    columns: ["firstName", "lastName", "birthday", "street", "city", "postalCode"],
  });

type As = "userId" | "anonymousId";

const visitorOf = (id: string, as: As): Promise<VisitorId> =>
  identifiers.sourceVisitor(as === "userId" ? "user_id" : "anonymous_id", id);

let messages = 0;
const said = (id: string, traits: Traits, consent: Record<string, boolean>, as: As) => ({
  type: "identify",
  messageId: `said-${++messages}`,
  [as]: id,
  traits,
  context: { consent: { categoryPreferences: consent } },
});

/** What the site's server knows of somebody: a user of that id, or only somebody of that anonymous id. */
export async function known(
  id: string,
  traits: Traits,
  consent: Record<string, boolean> = ALL,
  as: As = "userId",
): Promise<VisitorId> {
  const sent = await server("identify", said(id, traits, consent, as));
  expect(sent.body).toMatchObject({ accepted: 1 });
  const visitor = await visitorOf(id, as);
  await settle([visitor]);
  return visitor;
}

export async function populate(persons = 18): Promise<VisitorId[]> {
  const people = strangers(persons);
  const batch = people.map(({ fields }, n) =>
    said(`stranger-${n}`, fields as Traits, ALL, "userId"),
  );
  const sent = await server("batch", { batch });
  expect(sent.body).toMatchObject({ accepted: people.length });
  const ids = await Promise.all(people.map((_, n) => visitorOf(`stranger-${n}`, "userId")));
  await settle(ids);
  return ids;
}

export const AUTOMATIC: MergeRules = {
  ...DEFAULT_MERGE_RULES,
  probable: { suggestFrom: 0.8, mergeFrom: 0.95, devices: "off" },
};

/** Runs the job as cron would, until nothing is left. */
export async function runJob(
  rules: MergeRules = DEFAULT_MERGE_RULES,
  now = Date.now(),
): Promise<Progress> {
  const ports = { ...nightlyPorts(env, () => undefined), mergeRules: async () => rules };
  for (let runs = 0; runs < 50; runs++) {
    const progress = await suggest(ports, now);
    if (progress.done) return progress;
  }
  throw new Error("the job never came to an end");
}

export interface Told {
  id: string;
  state: string;
  probability: number;
  score: number;
  reasons: { field: string; bits: number; because: string }[];
  people: { id: VisitorId; visitor: VisitorId }[];
  facts: { field: string; a: string | null; b: string | null; same: boolean }[];
  decided: { by: string; why: string; merge: string | null } | null;
}

export async function suggestions(state = "open"): Promise<Told[]> {
  const answer = await api(`/suggestions?state=${state}`, OFFICER_TOKEN);
  expect(answer.status).toBe(200);
  return answer.body["suggestions"] as Told[];
}

/** Those of them that name this visitor. */
export const naming = (told: readonly Told[], visitor: string): Told[] =>
  told.filter(({ id }) => id.includes(visitor));
