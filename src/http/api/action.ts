/** One action of the catalogue: put in, changed or taken out, beside what others do to the other actions. */
import type { Action, Catalogue } from "../../domain/action/catalogue.ts";
import { readCatalogue } from "../../domain/action/schema.ts";
import { STARTER_CATALOGUE } from "../../domain/action/starter.ts";
import { Problem } from "../../domain/problem.ts";
import { settingAt } from "../../d1/settings.ts";
import type { Context } from "../context.ts";
import { catalogueInForce, saveCatalogue } from "./actions.ts";

export interface ActionChange {
  /** The catalogue's version that was looked at. */
  version: number;
  id: string;
  /** Null takes it out. */
  action: Action | null;
}

/** As it stood in that version; null where there was none. */
export async function actionAt(
  db: D1Database,
  version: number,
  id: string,
): Promise<Action | null> {
  const saved = await settingAt(db, "catalogue", version);
  const catalogue = saved ? readCatalogue(saved.document) : STARTER_CATALOGUE;
  return actionIn(catalogue, id);
}

export const actionIn = ({ actions }: Catalogue, id: string): Action | null =>
  actions.find((action) => action.id === id) ?? null;

/** @throws Problem `conflict` when somebody changed this very action since that version */
export async function saveAction(
  context: Context,
  { version, id, action }: ActionChange,
  author: string,
): Promise<Catalogue> {
  const current = await catalogueInForce(context.db);
  const there = actionIn(current, id);
  if (current.version !== version) {
    const seen = await actionAt(context.db, version, id);
    if (JSON.stringify(seen) !== JSON.stringify(there))
      throw new Problem("conflict", "somebody else changed this action meanwhile", {
        path: "version",
      });
  }
  const others = current.actions.filter((each) => each.id !== id);
  const actions = there
    ? current.actions.flatMap((each) => (each.id !== id ? [each] : action ? [action] : []))
    : [...others, ...(action ? [action] : [])];
  return saveCatalogue(context, { ...edited(current), actions: writable(actions) }, author);
}

type Edited = Parameters<typeof saveCatalogue>[1];

const writable = (actions: readonly Action[]): Edited["actions"] =>
  actions as unknown as Edited["actions"];

/** A catalogue as it is sent back, to be saved as its next version. */
export const edited = ({ version, actions, meter, webhooks }: Catalogue): Edited => ({
  version,
  actions: writable(actions),
  ...(meter ? { meter: { ...meter, topics: [...meter.topics] } } : {}),
  ...(webhooks
    ? { webhooks: webhooks.map((each) => ({ ...each, channels: [...each.channels] })) }
    : {}),
});
