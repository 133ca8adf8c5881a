/** The marketer's catalogue of next actions. */
import { namesNow, openingsOf } from "../../domain/consent/openings.ts";
import type { Catalogue } from "../../domain/action/catalogue.ts";
import { sentence } from "../../domain/action/conditions.ts";
import {
  asCatalogue,
  CatalogueSchema,
  type EditedCatalogue,
  readCatalogue,
} from "../../domain/action/schema.ts";
import { actionFaults } from "../../domain/action/sound.ts";
import { STARTER_CATALOGUE } from "../../domain/action/starter.ts";
import type { Json } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import { latestSetting, saveSetting } from "../../d1/settings.ts";
import { addressFault } from "../../out/address.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { catalogues } from "../documents.ts";
import { json } from "../respond.ts";
import { readBody } from "./input.ts";
import { fitsOf } from "./matches.ts";

/** As it is stored, not as this isolate remembers it. */
export async function catalogueInForce(db: D1Database): Promise<Catalogue> {
  const saved = await latestSetting(db, "catalogue");
  return saved ? readCatalogue(saved.document) : STARTER_CATALOGUE;
}

/**
 * @throws Problem `conflict` when another version is in force than the one that was edited, and `invalid` with the path of what
 * can't work
 */
export async function saveCatalogue(
  context: Context,
  edited: EditedCatalogue,
  author: string,
): Promise<Catalogue> {
  const [current, policy] = await Promise.all([catalogueInForce(context.db), context.policy()]);
  if (edited.version !== undefined && edited.version !== current.version)
    throw new Problem("conflict", "another version was saved meanwhile", { path: "version" });
  const openings = openingsOf(policy);
  const actions = edited.actions.map((action) => ({
    ...action,
    purposes: namesNow(openings, action.purposes),
  }));
  const next = asCatalogue(current.version + 1, { ...edited, actions });
  checkChanges(
    current,
    next,
    policy.purposes.map(({ id }) => id),
  );
  if (current === STARTER_CATALOGUE) await store(context, STARTER_CATALOGUE, "usher", 0);
  await store(context, next, author, context.now);
  catalogues.forget(context.db);
  return next;
}

/** Of what is new in it alone: whoever changes one action isn't held up by another that was saved before. */
function checkChanges(current: Catalogue, next: Catalogue, purposes: readonly string[]): void {
  const stored = new Set(current.actions.map((action) => JSON.stringify(action)));
  next.actions.forEach((action, at) => {
    const [fault] = stored.has(JSON.stringify(action))
      ? []
      : actionFaults(action, purposes, next.meter !== undefined);
    if (fault) throw new Problem("invalid", fault.message, { path: `actions.${at}.${fault.path}` });
  });
  const known = new Set(current.webhooks?.map(({ url }) => url));
  next.webhooks?.forEach(({ url }, at) => {
    const fault = known.has(url) ? null : addressFault(url);
    if (fault !== null) throw new Problem("invalid", fault, { path: `webhooks.${at}.url` });
  });
}

const store = (context: Context, catalogue: Catalogue, author: string, at: number): Promise<void> =>
  saveSetting(context.db, "catalogue", {
    version: catalogue.version,
    document: catalogue as unknown as Json,
    author,
    at,
  });

/** Each action's conditions as a sentence, and how many of the persons last seen it fits now. */
export async function insightOf(context: Context, catalogue: Catalogue) {
  const fits = await fitsOf(context, catalogue);
  return {
    lookedAt: fits.lookedAt,
    actions: catalogue.actions.map(({ id, conditions }) => ({
      id,
      sentence: sentence(conditions),
      people: fits.of(id),
    })),
  };
}

export const getActions = forRole("marketer", async (_request, context) => {
  const catalogue = await catalogueInForce(context.db);
  return json({ ...catalogue, insight: await insightOf(context, catalogue) });
});

export const putActions = forRole("marketer", async (request, context, role) =>
  json(await saveCatalogue(context, await readBody(request, CatalogueSchema), role)),
);
