/** The merge rules as an officer may save them. */
import * as v from "valibot";
import { ASSURANCES } from "./claims.ts";
import { normal, withoutKind } from "../intake/blocked.ts";
import { ID_MAX } from "../intake/normalise.ts";
import { completeFlood, DEFAULT_MERGE_RULES, FLOOD_MAX, type MergeRules } from "./rules.ts";

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

const Kind = v.pipe(
  v.string(),
  v.regex(
    /^(user_id|email|phone|crm|anonymous_id|default|(social|esp)(:[a-z0-9][a-z0-9._-]{0,31})?)$/,
    "must be a kind of identifier, or default",
  ),
);

/** A setting that nothing reads would be taken for one that holds. */
const NO_DEFAULT = "must name kinds: the others aren't meant";

const Blocked = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty("must not be empty"),
  v.maxLength(ID_MAX, `must be at most ${ID_MAX} characters`),
);

/** More than a star, or it would be everybody's. */
const Pattern = v.pipe(
  Blocked,
  v.check((pattern) => pattern.split("*").length <= 9, "must have at most eight stars"),
  v.check(
    (pattern) => withoutKind(pattern).replaceAll(/[*\s]/g, "").length >= 3,
    "must have at least three characters besides its stars",
  ),
);

const BlockedSchema = v.pipe(
  v.strictObject({
    values: v.pipe(v.array(Blocked), v.maxLength(500)),
    patterns: v.pipe(v.array(Pattern), v.maxLength(100)),
    allowed: v.pipe(v.array(Blocked), v.maxLength(500)),
  }),
  v.forward(
    v.check(({ values, allowed }) => {
      const blocked = new Set(values.map(normal));
      return !allowed.some((value) => blocked.has(normal(value)));
    }, "must not name what is blocked as well"),
    ["allowed"],
  ),
);

const Domain = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(/^(?=.{4,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,63}$/, "must be a domain like example.org"),
);
const Domains = v.pipe(v.array(Domain), v.maxLength(1_000));

const Least = v.picklist(
  [...ASSURANCES, "never"],
  `must be one of ${[...ASSURANCES, "never"].join(", ")}`,
);

const hasDefault = (table: Readonly<Record<string, unknown>>): boolean =>
  Object.hasOwn(table, "default");

export const MergeRulesSchema = v.strictObject({
  /** The version that was edited: another one in force is a conflict. Without it the newest is replaced. */
  version: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
  unique: v.pipe(
    v.array(Kind),
    v.maxLength(32),
    v.check((kinds) => !kinds.includes("default"), NO_DEFAULT),
  ),
  priority: v.optional(
    v.pipe(
      v.array(Kind),
      v.maxLength(32),
      v.check((kinds) => new Set(kinds).size === kinds.length, "must name each kind once"),
      v.check(
        (kinds) => !kinds.includes("default"),
        "must name kinds: those that aren't named come last",
      ),
      v.check(
        (kinds) => !kinds.includes("anonymous_id"),
        "must not name anonymous_id: it is asked after all others",
      ),
    ),
    [...DEFAULT_MERGE_RULES.priority],
  ),
  limits: v.pipe(
    v.record(Kind, whole(1, 10_000)),
    v.check((table) => hasDefault(table), "must say a default for all other kinds"),
  ),
  leastAssurance: v.pipe(
    v.record(Kind, Least),
    v.check((table) => hasDefault(table), "must say a default for all other kinds"),
    v.check(
      (table) => !Object.hasOwn(table, "anonymous_id"),
      "must not name anonymous_id: a device's own name joins as it does, however sure",
    ),
    v.check(
      (table) => Object.values(table).every((least) => least !== "inferred"),
      "must not be inferred: what is only probable is suggested, never merged",
    ),
    v.check(
      (table) => Object.values(table).every((least) => least !== "hinted"),
      "must not be hinted: mail is forwarded",
    ),
  ),
  maxVisitorsPerIdentifier: whole(2, 10_000),
  /** Without `proven`, twice as many as `visitors`. */
  flood: v.strictObject({
    visitors: whole(2, FLOOD_MAX),
    hours: whole(1, 720),
    proven: v.optional(whole(2, FLOOD_MAX)),
  }),
  blocked: v.optional(BlockedSchema, DEFAULT_MERGE_RULES.blocked),
  devices: v.pipe(
    v.strictObject({ sharedFrom: whole(2, 32), kioskFrom: whole(2, 32) }),
    v.check(
      ({ sharedFrom, kioskFrom }) => sharedFrom <= kioskFrom,
      "a kiosk has at least as many users as a shared device",
    ),
  ),
  tokens: v.optional(
    v.strictObject({
      bound: v.picklist(["named", "all"], "must be named or all"),
      hours: v.nullable(whole(1, 8_760)),
    }),
    DEFAULT_MERGE_RULES.tokens,
  ),
  personas: v.strictObject({
    apart: v.boolean(),
    organisations: Domains,
    personal: Domains,
  }),
  country: v.optional(
    v.nullable(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, "must be two letters, like DE"))),
    null,
  ),
  probable: v.optional(
    v.pipe(
      v.strictObject({
        suggestFrom: v.pipe(
          v.number(),
          v.minValue(0.5, "must be at least 0.5"),
          v.maxValue(0.999, "must be at most 0.999"),
        ),
        mergeFrom: v.nullable(
          v.pipe(
            v.number(),
            v.minValue(0.95, "must be at least 0.95: a wrong merge is worse than none"),
            v.maxValue(1, "must be at most 1"),
          ),
        ),
        devices: v.optional(
          v.picklist(["off", "suggest"], "must be off or suggest"),
          DEFAULT_MERGE_RULES.probable.devices,
        ),
      }),
      v.check(
        ({ suggestFrom, mergeFrom }) => mergeFrom === null || mergeFrom >= suggestFrom,
        "nobody is joined without asking who isn't sure enough to be suggested",
      ),
    ),
    DEFAULT_MERGE_RULES.probable,
  ),
});

export type EditedRules = v.InferOutput<typeof MergeRulesSchema>;

export function rulesFrom(edited: EditedRules, version: number): MergeRules {
  const { limits, leastAssurance } = DEFAULT_MERGE_RULES;
  return {
    ...edited,
    version,
    flood: completeFlood(edited.flood),
    limits: { default: limits.default, ...edited.limits },
    leastAssurance: { default: leastAssurance.default, ...edited.leastAssurance },
  };
}
