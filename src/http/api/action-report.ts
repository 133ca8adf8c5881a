/** `GET /_u/api/reports/actions`: what came of each action, by whom it was shown to, and its lift over the hold-out. */
import type { Action } from "../../domain/action/catalogue.ts";
import { liftOf, propensityLog, takesOf } from "../../domain/action/measure.ts";
import type { HintClosing } from "../../domain/action/outcomes.ts";
import { eventKey } from "../../domain/action/situation.ts";
import { dayName, dayOf } from "../../domain/ids.ts";
import { isQuiet } from "../../domain/learning/belief.ts";
import { DEFAULT_SETTINGS } from "../../domain/learning/model.ts";
import { firstDayOpen, keepingOf } from "../../domain/retention.ts";
import { MOST_CLOSINGS, readClosings } from "../../d1/learning.ts";
import { readReached } from "../../d1/reached.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { catalogueInForce } from "./actions.ts";
import { type Range, readRange } from "./reports.ts";

/** What figures are told apart by. */
const PARTS = ["stage", "segment", "device", "topic", "slot"] as const;
const LINES = 20;

export async function actionReport(
  context: Pick<Context, "db" | "now" | "learned" | "policy">,
  range: Range,
) {
  const { db, now } = context;
  const [catalogue, hints, learned, policy] = await Promise.all([
    catalogueInForce(db),
    readClosings(db, range.from, range.to),
    context.learned(),
    context.policy(),
  ]);
  const keeping = keepingOf(policy);
  const usable = firstDayOpen(keeping, "hints", dayOf(now));
  const seen = { ...range, from: Math.max(range.from, usable) };
  const measured = catalogue.actions.filter(({ holdOut, success }) => holdOut > 0 && success);
  const goals = [...new Set(measured.map(({ success }) => eventKey(success ?? "")))];
  const reached =
    goals.length > 0 ? await readReached(db, keeping.openings, seen, goals) : () => [];
  const known = new Set(catalogue.actions.map(({ id }) => id));
  const former = [...new Set(hints.map(({ action }) => action))].filter((id) => !known.has(id));
  const ofAction = (id: string): HintClosing[] => hints.filter(({ action }) => action === id);
  const lineOf = (id: string, action: Action | null) => ({
    id,
    /** Null where it was taken out of the catalogue; so is its channel. */
    label: action?.label ?? null,
    channel: action?.channel ?? null,
    ...takesOf(ofAction(id), now),
    propensity: propensityLog(ofAction(id)),
    by: parts(ofAction(id), now),
    lift: action && liftFor(action, reached),
  });
  return {
    from: dayName(range.from),
    to: dayName(range.to),
    /** Until enough outcomes are known, choices follow the marketer's own estimates. */
    quiet: learned === null || isQuiet(learned.model),
    outcomes: learned?.model.outcomes ?? 0,
    quietUntil: (learned?.model.settings ?? DEFAULT_SETTINGS).quietUntil,
    channels: channels(catalogue.actions, hints, now),
    /** More hints than are read at once: the figures are those of a sample of visitors. */
    sampled: hints.length >= MOST_CLOSINGS,
    actions: [
      ...catalogue.actions.map((action) => lineOf(action.id, action)),
      ...former.map((id) => lineOf(id, null)),
    ],
  };
}

/** Over all actions. What was taken out of the catalogue says no channel any more. */
function channels(actions: readonly Action[], hints: readonly HintClosing[], now: number) {
  const channelOf = new Map(actions.map(({ id, channel }) => [id, channel]));
  const groups = Map.groupBy(hints, ({ action }) => channelOf.get(action) ?? null);
  return [...groups].map(([value, of]) => ({ value, ...takesOf(of, now) }));
}

function parts(hints: readonly HintClosing[], now: number) {
  return Object.fromEntries(
    PARTS.map((part) => {
      const groups = Map.groupBy(hints, (hint) => hint[part]);
      const lines = [...groups].map(([value, of]) => ({ value, ...takesOf(of, now) }));
      return [part, lines.toSorted((a, b) => b.shown - a.shown).slice(0, LINES)];
    }),
  );
}

type Reached = Awaited<ReturnType<typeof readReached>>;

/** Null where nobody is held out, or there is no event to measure by. */
const liftFor = ({ holdOut, success }: Action, reached: Reached) =>
  holdOut > 0 && success !== null
    ? { success, holdOut, ...liftOf(reached(eventKey(success)), holdOut) }
    : null;

export const getActionReport = forRole("marketer", async (request, context) =>
  json(await actionReport(context, readRange(request, context.now))),
);
