/** The marketer's catalogue of next actions. */
import * as v from "valibot";
import type { Catalogue } from "../../domain/action/catalogue.ts";
import { STARTER_CATALOGUE } from "../../domain/action/starter.ts";
import type { Json } from "../../domain/json.ts";
import { STAGES } from "../../domain/person/stage.ts";
import { Problem } from "../../domain/problem.ts";
import { latestSetting, saveSetting } from "../../d1/settings.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { catalogues } from "../documents.ts";
import { json } from "../respond.ts";
import { readBody } from "./input.ts";

const Name = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9-]{0,63}$/,
    "must be lower-case letters, digits and hyphens, at most 64",
  ),
);
const Text = (most: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty("must not be empty"),
    v.maxLength(most, `must have at most ${most} characters`),
  );
const Whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const Count = Whole(0, 1_000_000);
const Kind = v.pipe(
  v.string(),
  v.regex(/^[a-z_]+(:[\w.-]{1,32})?$/, "must be a kind of identifier"),
);
const Kinds = v.pipe(v.array(Kind), v.maxLength(16));
const Range = v.strictObject({ atLeast: v.optional(Count), atMost: v.optional(Count) });

/** A link of the site or to a https page: anything else could run in a visitor's browser. */
const isLink = (href: string): boolean =>
  (/^\/(?!\/)/.test(href) || /^https:\/\//i.test(href)) && !/[\s\\]/.test(href);
const Link = v.pipe(Text(2_000), v.check(isLink, "must begin with / or https://"));

export const ConditionsSchema = v.strictObject({
  deviceTypes: v.optional(
    v.pipe(v.array(v.picklist(["phone", "tablet", "desktop", "tv", "other"])), v.minLength(1)),
  ),
  app: v.optional(v.boolean()),
  reads: v.optional(v.strictObject({ topic: Text(100), atLeast: Whole(1, 10_000) })),
  knows: v.optional(Kinds),
  unconfirmed: v.optional(Kinds),
  lacks: v.optional(Kinds),
  orders: v.optional(Range),
  lastOrderDays: v.optional(Range),
  sessions: v.optional(v.strictObject({ atLeast: v.optional(Count) })),
});

export const ActionSchema = v.strictObject({
  id: Name,
  label: Text(100),
  title: Text(200),
  text: Text(1_000),
  href: Link,
  image: v.optional(Link),
  stage: v.picklist(STAGES, `must be one of ${STAGES.join(", ")}`),
  conditions: ConditionsSchema,
  channel: v.picklist(["site", "email", "push", "sms", "sales"]),
  slots: v.pipe(v.array(Text(64)), v.maxLength(32)),
  value: v.pipe(v.number(), v.minValue(0, "must not be negative"), v.maxValue(1e9)),
  lever: v.pipe(v.number(), v.minValue(0, "must not be negative"), v.maxValue(1_000)),
  prior: v.pipe(
    v.number(),
    v.gtValue(0, "must lie between 0 and 1"),
    v.ltValue(1, "must lie between 0 and 1"),
  ),
  cap: Whole(1, 1_000),
  coolDownHours: Whole(0, 8_760),
  windowHours: Whole(1, 8_760),
  enabled: v.boolean(),
});

export const CatalogueSchema = v.strictObject({
  /** The version that was edited: another one in force is a conflict. Without it the newest is replaced. */
  version: v.optional(Whole(1, Number.MAX_SAFE_INTEGER)),
  actions: v.pipe(
    v.array(ActionSchema),
    v.maxLength(500),
    v.check(
      (actions) => new Set(actions.map(({ id }) => id)).size === actions.length,
      "every action has an id of its own",
    ),
  ),
});

/** As it is stored, not as this isolate remembers it. */
export async function catalogueInForce(db: D1Database): Promise<Catalogue> {
  const saved = await latestSetting(db, "catalogue");
  return saved ? (saved.document as unknown as Catalogue) : STARTER_CATALOGUE;
}

/** @throws Problem `conflict` when another version is in force than the one that was edited */
export async function saveCatalogue(
  context: Context,
  edited: v.InferOutput<typeof CatalogueSchema>,
  author: string,
): Promise<Catalogue> {
  const current = await catalogueInForce(context.db);
  if (edited.version !== undefined && edited.version !== current.version)
    throw new Problem("conflict", "another version was saved meanwhile", { path: "version" });
  if (current === STARTER_CATALOGUE) await store(context, STARTER_CATALOGUE, "usher", 0);
  const next = { version: current.version + 1, actions: edited.actions } as Catalogue;
  await store(context, next, author, context.now);
  catalogues.forget(context.db);
  return next;
}

const store = (context: Context, catalogue: Catalogue, author: string, at: number): Promise<void> =>
  saveSetting(context.db, "catalogue", {
    version: catalogue.version,
    document: catalogue as unknown as Json,
    author,
    at,
  });

export const getActions = forRole("marketer", async (_request, context) =>
  json(await catalogueInForce(context.db)),
);

export const putActions = forRole("marketer", async (request, context, role) =>
  json(await saveCatalogue(context, await readBody(request, CatalogueSchema), role)),
);
