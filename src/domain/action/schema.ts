/** What a saved catalogue must look like. Messages are ours and never repeat what was sent. */
import * as v from "valibot";
import { ASSURANCES } from "../identity/claims.ts";
import { STAGES } from "../person/stage.ts";
import {
  CHANNELS,
  PERSONAS,
  PLACES,
  REACHING,
  type Catalogue,
  type Conditions,
} from "./catalogue.ts";

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
/** Topics are counted in small letters, however a page writes them. */
const Topic = v.pipe(Text(100), v.toLowerCase());
const Whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const Count = Whole(0, 1_000_000);
const Days = Whole(1, 400);
const Kind = v.pipe(
  v.string(),
  v.regex(/^[a-z_]+(:[\w.-]{1,32}|:\*)?$/, "must be a kind of identifier"),
);
const list = <Item extends v.GenericSchema>(item: Item, most: number) =>
  v.pipe(
    v.array(item),
    v.nonEmpty("must not be empty"),
    v.maxLength(most, `must have at most ${most} entries`),
  );

const range = { atLeast: v.optional(Count), atMost: v.optional(Count) };
interface Bounds {
  atLeast?: number | undefined;
  atMost?: number | undefined;
}
const isRange = ({ atLeast, atMost }: Bounds): boolean =>
  atLeast === undefined || atMost === undefined || atLeast <= atMost;
const Range = v.pipe(v.strictObject(range), v.check(isRange, "atLeast must not be above atMost"));

const ReadsSchema = v.strictObject({
  topic: Topic,
  atLeast: Whole(1, 10_000),
  withinDays: v.optional(Days),
});
const ManyReadsSchema = list(ReadsSchema, 16);

export const ConditionsSchema = v.strictObject({
  deviceTypes: v.optional(list(v.picklist(["phone", "tablet", "desktop", "tv", "other"]), 5)),
  os: v.optional(list(Text(32), 16)),
  app: v.optional(v.boolean()),
  // What is wrong is said at its own place, which a union doesn't know.
  reads: v.optional(
    v.lazy((said): typeof ReadsSchema | typeof ManyReadsSchema =>
      Array.isArray(said) ? ManyReadsSchema : ReadsSchema,
    ),
  ),
  did: v.optional(
    list(
      v.pipe(
        v.strictObject({ event: Text(200), withinDays: v.optional(Days), ...range }),
        v.check((said) => isRange(said), "atLeast must not be above atMost"),
      ),
      16,
    ),
  ),
  campaign: v.optional(
    v.strictObject({
      source: v.optional(Text(200)),
      medium: v.optional(Text(200)),
      name: v.optional(Text(200)),
      withinDays: v.optional(Days),
    }),
  ),
  knows: v.optional(v.pipe(v.array(Kind), v.maxLength(16))),
  unconfirmed: v.optional(v.pipe(v.array(Kind), v.maxLength(16))),
  lacks: v.optional(v.pipe(v.array(Kind), v.maxLength(16))),
  orders: v.optional(
    v.pipe(
      v.strictObject({ ...range, withinDays: v.optional(Days) }),
      v.check((said) => isRange(said), "atLeast must not be above atMost"),
    ),
  ),
  lastOrderDays: v.optional(Range),
  awayDays: v.optional(Range),
  sessions: v.optional(Range),
  places: v.optional(list(v.picklist(PLACES), PLACES.length)),
  stages: v.optional(list(v.picklist(STAGES), STAGES.length)),
  meter: v.optional(Range),
});

/** A link of the site or to a https page: anything else could run in a visitor's browser. */
const isLink = (href: string): boolean =>
  (/^\/(?!\/)/.test(href) || /^https:\/\//i.test(href)) && !/[\s\\]/.test(href);
const Link = v.pipe(Text(2_000), v.check(isLink, "must begin with / or https://"));

const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text) &&
  !Number.isNaN(Date.parse(text));
const Moment = v.nullable(
  v.pipe(v.string(), v.check(isMoment, "must be a day or an instant like 2026-11-22T08:00:00Z")),
);

export const ActionSchema = v.strictObject({
  id: Name,
  label: Text(100),
  title: Text(200),
  text: Text(1_000),
  href: Link,
  image: v.optional(Link),
  stage: v.picklist(STAGES, `must be one of ${STAGES.join(", ")}`),
  conditions: ConditionsSchema,
  purposes: v.optional(v.pipe(v.array(Text(64)), v.maxLength(16)), []),
  assurance: v.optional(
    v.nullable(v.picklist(ASSURANCES, `must be one of ${ASSURANCES.join(", ")}`)),
    null,
  ),
  channel: v.optional(v.picklist(CHANNELS, `must be one of ${CHANNELS.join(", ")}`), "site"),
  persona: v.optional(v.picklist(PERSONAS, `must be one of ${PERSONAS.join(", ")}`), "any"),
  slots: v.optional(v.pipe(v.array(Text(64)), v.maxLength(32)), []),
  value: v.optional(v.pipe(v.number(), v.minValue(0, "must not be negative"), v.maxValue(1e9)), 1),
  lever: v.optional(
    v.pipe(v.number(), v.minValue(0, "must not be negative"), v.maxValue(1_000)),
    1,
  ),
  prior: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0, "must lie between 0 and 1"),
      v.ltValue(1, "must lie between 0 and 1"),
    ),
    0.05,
  ),
  cap: v.optional(Whole(1, 1_000), 5),
  coolDownHours: v.optional(Whole(0, 8_760), 24),
  windowHours: v.optional(Whole(1, 720), 24),
  success: v.optional(v.nullable(Text(200)), null),
  holdOut: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0, "must lie between 0 and 0.5"),
      v.maxValue(0.5, "must lie between 0 and 0.5"),
    ),
    0,
  ),
  start: v.optional(Moment, null),
  end: v.optional(Moment, null),
  enabled: v.optional(v.boolean(), true),
});

const WebhookSchema = v.strictObject({
  id: Name,
  url: v.pipe(
    Text(2_000),
    v.check((url) => /^https:\/\/[^\s/@]+(?:[/?]\S*)?$/i.test(url), "must begin with https://"),
  ),
  channels: v.optional(list(v.picklist(REACHING), REACHING.length), [...REACHING]),
  secret: v.optional(Whole(1, Number.MAX_SAFE_INTEGER), 1),
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
  meter: v.optional(
    v.strictObject({
      topics: list(Topic, 16),
      days: Days,
      limit: Whole(1, 10_000),
    }),
  ),
  webhooks: v.optional(
    v.pipe(
      v.array(WebhookSchema),
      v.maxLength(REACHING.length),
      v.check(
        (hooks) => new Set(hooks.map(({ id }) => id)).size === hooks.length,
        "every system has a name of its own",
      ),
      v.check((hooks) => {
        const channels = hooks.flatMap((hook) => hook.channels);
        return new Set(channels).size === channels.length;
      }, "a channel goes to one system"),
    ),
  ),
  /** What is read beside the catalogue and needs no sending back. */
  insight: v.optional(v.unknown()),
});

export type EditedCatalogue = v.InferOutput<typeof CatalogueSchema>;

/** A catalogue as it was stored, with what later versions added at its defaults. @throws ValiError */
export function readCatalogue(stored: unknown): Catalogue {
  const { version = 1, ...rest } = v.parse(CatalogueSchema, withSystems(stored));
  return asCatalogue(version, rest);
}

/** Catalogues from before there could be several systems name one that gets everything. */
function withSystems(stored: unknown): unknown {
  if (typeof stored !== "object" || stored === null || !("webhook" in stored)) return stored;
  const { webhook, ...rest } = stored;
  const url = v.is(v.object({ url: v.string() }), webhook) ? webhook.url : null;
  return url === null ? rest : { ...rest, webhooks: [{ id: "system", url }] };
}

/** Optional parts that aren't there are left out rather than undefined. */
export const asCatalogue = (
  version: number,
  { actions, meter, webhooks }: Omit<EditedCatalogue, "version">,
): Catalogue => ({
  version,
  actions: actions.map(({ image, conditions, ...action }) => ({
    ...action,
    ...(image === undefined ? {} : { image }),
    // Valibot says `| undefined` where a key may be missing; it never puts an undefined value there.
    conditions: conditions as Conditions,
  })),
  ...(meter === undefined ? {} : { meter }),
  ...(webhooks === undefined || webhooks.length === 0 ? {} : { webhooks }),
});
