/** A town of people that the site's server knows, for tests of the matching: enough to learn from, and whoever a test adds. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { DEFAULT_MERGE_RULES, type MergeRules } from "../../../src/domain/identity/rules.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { type Progress, suggest } from "../../../src/suggest/job.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, eventually, OFFICER_TOKEN, server } from "../../support/site.ts";
import { generatePeople } from "../../unit/matching/people.ts";

export type Traits = Record<string, string>;

export const JANE: Traits = {
  firstName: "Jane",
  lastName: "Quillfeather",
  birthday: "1987-03-14",
  street: "7 Harbour Lane",
  city: "Portwick",
  postalCode: "4711",
};

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

const visitorOf = (userId: string): Promise<VisitorId> =>
  eventually(async () => {
    const found = await api(`/people?identifier=user_id:${userId}`);
    const [person] = found.body["people"] as { id: VisitorId }[];
    return person?.id ?? null;
  });

/** What the site's server knows of somebody. */
export async function known(
  userId: string,
  traits: Traits,
  consent: Record<string, boolean> = ALL,
): Promise<VisitorId> {
  const sent = await server("identify", {
    messageId: `${userId}-${JSON.stringify(traits).length}`,
    userId,
    traits,
    context: { consent: { categoryPreferences: consent } },
  });
  expect(sent.body).toMatchObject({ accepted: 1 });
  const visitor = await visitorOf(userId);
  await settle([visitor]);
  return visitor;
}

export async function populate(persons = 22): Promise<VisitorId[]> {
  const ids: VisitorId[] = [];
  for (const [n, { fields }] of strangers(persons).entries())
    ids.push(await known(`stranger-${n}`, fields as Traits));
  return ids;
}

export const AUTOMATIC: MergeRules = {
  ...DEFAULT_MERGE_RULES,
  probable: { suggestFrom: 0.8, mergeFrom: 0.95 },
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
