/** Whom actions fit at this moment: how many of the persons last seen, and how many by each condition alone. */
import type { Action, Catalogue } from "../../domain/action/catalogue.ts";
import { apart, conditionsOf } from "../../domain/action/conditions.ts";
import { listPeople } from "../../d1/people.ts";
import { fittingFor, type HintPorts } from "./hints.ts";

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
  lookedAt: number;
  fits: number;
  /** For how many each condition holds, whatever else the action asks for. */
  conditions: { words: string; people: number }[];
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

export async function matchesOf(context: HintPorts, action: Action): Promise<Matches> {
  // No id of an action looks like this, so nothing given before holds a condition back.
  const single = apart(action.conditions).map((conditions, n): Action => ({
    ...action,
    ...FREE,
    id: `?${n}`,
    conditions,
  }));
  const catalogue = await context.catalogue();
  const fits = await fitsOf(context, { ...catalogue, actions: [action, ...single] });
  return {
    lookedAt: fits.lookedAt,
    fits: fits.of(action.id),
    conditions: single.map(({ id, conditions }) => ({
      words: conditionsOf(conditions)[0]?.words ?? "",
      people: fits.of(id),
    })),
  };
}
