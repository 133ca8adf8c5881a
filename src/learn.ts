/**
 * The scheduled job that learns from what people did and didn't do. Days that are over and landed are settled into the
 * model once; what is younger is learned on top of that anew with each run, so that late outcomes count and none twice.
 */
import type { Catalogue } from "./domain/action/catalogue.ts";
import type { Affinity, Learned } from "./domain/action/learner.ts";
import {
  closedBetween,
  commonTopics,
  countTopics,
  type HintClosing,
  outcomesOf,
} from "./domain/action/outcomes.ts";
import type { Policy } from "./domain/consent/policy.ts";
import { published } from "./domain/action/publish.ts";
import { LEAST_LLR, LEAST_PEOPLE } from "./domain/action/reasons.ts";
import { type Day, dayOf, dayStart, type Millis } from "./domain/ids.ts";
import { learn } from "./domain/learning/learn.ts";
import { withoutTopics } from "./domain/learning/forget.ts";
import { emptyModel, type Model } from "./domain/learning/model.ts";
import { firstDayOpen, keepingOf } from "./domain/retention.ts";
import { affinities } from "./domain/segments/cooccurrence.ts";
import { DID, ORDERED, READ } from "./domain/segments/items.ts";
import { segmentsOf } from "./domain/segments/segments.ts";
import { readHistories } from "./d1/histories.ts";
import { firstHintDay, readClosings, readDocument, saveDocument } from "./d1/learning.ts";
import { readSettled, saveSettled, type Settled } from "./d1/settled.ts";

/** An outcome lands within seconds; while D1 is away it may take longer. */
const LANDING_DAYS = 2;
/** Settled in one run; a longer backlog takes more runs. */
const DAYS_A_RUN = 31;
/** Past that affinities and segments are made of. */
const HISTORY_DAYS = 90;
/** Pairs that a report shows, and that objects may give as reasons. */
const PAIRS = 100;

export async function learnFromHints(
  db: D1Database,
  catalogue: Catalogue,
  now: Millis,
  sensitive: ReadonlySet<string> = new Set(),
): Promise<void> {
  const today = dayOf(now);
  const stored = (await readSettled(db)) ?? (await firstState(db));
  if (!stored) return publish(db, catalogue, emptyModel(), [], now);
  const before = forget(stored, sensitive);
  const settleTo = Math.min(today - LANDING_DAYS, before.day + DAYS_A_RUN);
  const found = await readClosings(db, before.day + 1 - windowDays(catalogue), today);
  const hints = found.map((hint) =>
    hint.topic !== null && sensitive.has(hint.topic) ? { ...hint, topic: null } : hint,
  );
  const settled = settleTo > before.day ? settle(before, hints, settleTo) : before;
  if (settled !== stored) await saveSettled(db, settled, now);
  const recent = closedBetween(hints, dayStart(settled.day + 1), now);
  const topics = commonTopics(countTopics(settled.topics, recent));
  await publish(db, catalogue, learn(settled.model, outcomesOf(recent, topics)), topics, now);
}

async function firstState(db: D1Database): Promise<Settled | null> {
  const first = await firstHintDay(db);
  return first === null ? null : { model: emptyModel(), day: first - 1, topics: {} };
}

/** What was learned of topics that have come to be sensitive. */
function forget(settled: Settled, sensitive: ReadonlySet<string>): Settled {
  const model = withoutTopics(settled.model, sensitive);
  const topics = Object.entries(settled.topics).filter(([topic]) => !sensitive.has(topic));
  const isSame = model === settled.model && topics.length === Object.keys(settled.topics).length;
  return isSame ? settled : { ...settled, model, topics: Object.fromEntries(topics) };
}

/** Days before an outcome on which its hint may have been shown. */
const windowDays = ({ actions }: Catalogue): number =>
  1 + Math.ceil(Math.max(0, ...actions.map(({ windowHours }) => windowHours)) / 24);

function settle(before: Settled, hints: readonly HintClosing[], day: Day): Settled {
  const closed = closedBetween(hints, dayStart(before.day + 1), dayStart(day + 1));
  const topics = countTopics(before.topics, closed);
  return { model: learn(before.model, outcomesOf(closed, commonTopics(topics))), day, topics };
}

async function publish(
  db: D1Database,
  catalogue: Catalogue,
  model: Model,
  topics: readonly string[],
  now: Millis,
): Promise<void> {
  const insights = (await readDocument(db, "insights")) as unknown as Insights | null;
  const goals = new Set(
    catalogue.actions.flatMap(({ success }) => (success === null ? [] : [DID + success])),
  );
  const learned: Learned = {
    model: published(model, catalogue),
    topics,
    affinities: (insights?.affinities ?? []).filter(
      ({ to, people }) => people >= LEAST_PEOPLE && (to === ORDERED || goals.has(to)),
    ),
    segments: (insights?.segments ?? []).map(({ name, pull }) => ({ name, pull: pull ?? {} })),
  };
  await saveDocument(db, "learned", learned, now);
}

/** What people like each other have in common, as the segments' report shows it. */
export interface Insights {
  at: Millis;
  people: number;
  affinities: Affinity[];
  segments: ReturnType<typeof segmentsOf>;
}

/** A young site has few people and changes fast: it needn't wait for the night. */
const FEW_PEOPLE = 1_000;
const HOUR_MS = 3_600_000;

export async function isDue(db: D1Database, now: Millis): Promise<boolean> {
  const insights = (await readDocument(db, "insights")) as unknown as Insights | null;
  return !insights || (insights.people < FEW_PEOPLE && now - insights.at >= HOUR_MS);
}

/** Reads weeks of events, so it runs at night. */
export async function learnFromJourneys(
  db: D1Database,
  policy: Pick<Policy, "version" | "purposes" | "sensitiveTopics">,
  now: Millis,
): Promise<void> {
  const today = dayOf(now);
  const keeping = keepingOf(policy);
  const usable = firstDayOpen(keeping, "hints", today);
  const found = await readHistories(
    db,
    keeping.openings,
    Math.max(today - HISTORY_DAYS, usable),
    today,
  );
  // Rows from before these were sensitive are gone through in their own time (privacy/older.ts).
  const leftOut = new Set([...keeping.sensitive].map((topic) => READ + topic));
  const histories = found.map(
    (history) => new Map([...history].filter(([item]) => !leftOut.has(item))),
  );
  const insights: Insights = {
    at: now,
    people: histories.length,
    affinities: affinities(histories, LEAST_LLR).slice(0, PAIRS),
    segments: segmentsOf(histories),
  };
  await saveDocument(db, "insights", insights, now);
}
