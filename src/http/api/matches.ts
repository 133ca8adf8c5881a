/** Whom actions fit at this moment: how many of the persons last seen, and how many by each condition alone. */
import type { Action, Catalogue } from "../../domain/action/catalogue.ts";
import { apart, conditionsOf } from "../../domain/action/conditions.ts";
import { listPeople } from "../../d1/people.ts";
import { fittingFor, type HintLine, type HintPorts, linesIn } from "./hints.ts";

/** Persons asked whom an action fits: those last seen, so that the answer comes at once whatever the site's size. */
const LOOKED_AT = 50;

export interface Fits {
  /** Persons who were asked. */
  lookedAt: number;
  /** Of them, how many each action fits now, by its id; caps, hold-out and all. */
  of(action: string): number;
}

export async function fitsOf(context: HintPorts, catalogue: Catalogue): Promise<Fits> {
  const { people } = await listPeople(context.db, { limit: LOOKED_AT });
  const answers = await Promise.all(people.map(({ id }) => fittingFor(context, catalogue, id)));
  const found = answers.filter((answer) => answer !== null);
  return {
    lookedAt: found.length,
    of: (id) => found.filter(({ fits }) => fits.some(({ action }) => action === id)).length,
  };
}

export interface Matches {
  /** Persons who were asked. */
  lookedAt: number;
  /** Of them, how many get it now; caps, hold-out and all. */
  fits: number;
  /** For how many each condition holds, whatever else the action asks for. */
  conditions: { words: string; people: number }[];
  lines: HintLine[];
  /** Of the next persons to ask. */
  cursor: string | null;
}

/** Asks for nothing but its conditions. */
const FREE = {
  channel: "site",
  stage: "device",
  purposes: [],
  assurance: null,
  holdOut: 0,
  start: null,
  end: null,
  enabled: true,
  coolDownHours: 0,
} as const;

/** One page of the directory, last seen first: each person is asked once. */
export async function matchesOf(
  context: HintPorts,
  action: Action,
  cursor?: string,
): Promise<Matches> {
  // No id of an action looks like this, so nothing given before holds a condition back.
  const single = apart(action.conditions).map((conditions, n): Action => ({
    ...action,
    ...FREE,
    id: `?${n}`,
    conditions,
  }));
  const catalogue = { ...(await context.catalogue()), actions: [action, ...single] };
  const page = await listPeople(context.db, { limit: LOOKED_AT, ...(cursor ? { cursor } : {}) });
  const asked = await Promise.all(
    page.people.map(async ({ id }) => {
      const fitting = await fittingFor(context, catalogue, id);
      if (!fitting) return null;
      const fits = new Set(fitting.fits.map((each) => each.action));
      const lines = fits.has(action.id) ? await linesIn(context, [action], id, fitting) : [];
      return { fits, lines };
    }),
  );
  const found = asked.filter((each) => each !== null);
  const many = (id: string): number => found.filter(({ fits }) => fits.has(id)).length;
  return {
    lookedAt: found.length,
    fits: many(action.id),
    conditions: single.map(({ id, conditions }) => ({
      words: conditionsOf(conditions)[0]?.words ?? "",
      people: many(id),
    })),
    lines: found.flatMap(({ lines }) => lines),
    cursor: page.cursor,
  };
}
