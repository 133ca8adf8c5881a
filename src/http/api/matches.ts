/** Whom actions fit at this moment: how many of the persons last seen, and how many by each condition alone. */
import type { Action, Catalogue } from "../../domain/action/catalogue.ts";
import { apart, conditionsOf } from "../../domain/action/conditions.ts";
import { listPeople } from "../../d1/people.ts";
import { fittingFor, type HintLine, type HintPorts, linesIn } from "./hint-lines.ts";

/** Persons asked whom an action fits: those last seen, so that the answer comes at once whatever the site's size. */
export const ASKED = 50;
/** Where somebody waits for it. Each takes a call to an object, or a few. */
export const ASKED_MOST = 300;
/** Persons asked at once, and those told one by one. */
const AT_ONCE = 50;
const TOLD = 50;

export interface Fits {
  /** Persons who were asked. */
  lookedAt: number;
  /** Of them, how many each action fits now, by its id; caps, hold-out and all. */
  of(action: string): number;
}

export async function fitsOf(context: HintPorts, catalogue: Catalogue): Promise<Fits> {
  const { people } = await listPeople(context.db, { limit: ASKED });
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
  /** Of the first so many who get it. */
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

/** So many people of the directory, last seen first: each is asked once. */
export async function matchesOf(
  context: HintPorts,
  action: Action,
  { cursor, people = ASKED }: { cursor?: string | undefined; people?: number } = {},
): Promise<Matches> {
  // No id of an action looks like this, so nothing given before holds a condition back.
  const single = apart(action.conditions).map((conditions, n): Action => ({
    ...action,
    ...FREE,
    id: `?${n}`,
    conditions,
  }));
  const catalogue = { ...(await context.catalogue()), actions: [action, ...single] };
  const page = await listPeople(context.db, { limit: people, ...(cursor ? { cursor } : {}) });
  const found: ReadonlySet<string>[] = [];
  const lines: HintLine[] = [];
  for (let from = 0; from < page.people.length; from += AT_ONCE) {
    const isTold = lines.length < TOLD;
    const asked = page.people.slice(from, from + AT_ONCE).map(async ({ id }) => {
      const fitting = await fittingFor(context, catalogue, id);
      if (!fitting) return;
      const fits = new Set(fitting.fits.map((each) => each.action));
      found.push(fits);
      const isIn = isTold && fits.has(action.id);
      return isIn ? linesIn(context, [action], id, fitting) : [];
    });
    lines.push(...(await Promise.all(asked)).flatMap((each) => each ?? []));
  }
  const many = (id: string): number => found.filter((fits) => fits.has(id)).length;
  return {
    lookedAt: found.length,
    fits: many(action.id),
    conditions: single.map(({ id, conditions }) => ({
      words: conditionsOf(conditions)[0]?.words ?? "",
      people: many(id),
    })),
    lines: lines.slice(0, TOLD),
    cursor: page.cursor,
  };
}
