/** The officer's merge rules: read, published, and tried on two persons before they are. */
import * as v from "valibot";
import type { Claim } from "../../domain/identity/claims.ts";
import { isPhoneCountry } from "../../domain/identity/phones.ts";
import { decideMerge, type Side, type Verdict } from "../../domain/identity/policy.ts";
import {
  completeRules,
  DEFAULT_MERGE_RULES,
  type MergeRules,
  type SavedRules,
} from "../../domain/identity/rules.ts";
import {
  type EditedRules,
  MergeRulesSchema,
  rulesFrom,
} from "../../domain/identity/rules-schema.ts";
import { isVisitorId, type VisitorId } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import { Problem } from "../../domain/problem.ts";
import { listBlocked } from "../../d1/quarantine.ts";
import { latestSetting, saveSetting } from "../../d1/settings.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { mergeRules } from "../documents.ts";
import { json } from "../respond.ts";
import { heldBack } from "./held-back.ts";
import { type Fault, readBody } from "./input.ts";
import { known } from "./merges.ts";
import { identifiersByKey, loadPerson } from "./person.ts";

/** As they are stored, not as this isolate remembers them. */
export async function rulesInForce(db: D1Database): Promise<MergeRules> {
  const saved = await latestSetting(db, "merge-rules");
  return saved ? completeRules(saved.document as unknown as SavedRules) : DEFAULT_MERGE_RULES;
}

/** What is wrong with a country that no calling code is known of: with it numbers would stay as they are, unsaid; else null. */
export async function countryFault({
  country,
}: Pick<EditedRules, "country">): Promise<Fault | null> {
  if (country === null || (await isPhoneCountry(country))) return null;
  return { path: "country", message: "must be a country whose calling code is known, like DE" };
}

/**
 * @throws Problem `conflict` when another version is in force than the one that was edited; `invalid` where the country isn't
 * known
 */
export async function saveRules(
  context: Context,
  edited: EditedRules,
  author: string,
): Promise<MergeRules> {
  const fault = await countryFault(edited);
  if (fault) throw new Problem("invalid", fault.message, { path: fault.path });
  const current = await latestSetting(context.db, "merge-rules");
  const inForce = current?.version ?? DEFAULT_MERGE_RULES.version;
  if (edited.version !== undefined && edited.version !== inForce)
    throw new Problem("conflict", "another version was saved meanwhile", { path: "version" });
  if (current === null) await store(context, DEFAULT_MERGE_RULES, "usher", 0);
  const next = rulesFrom(edited, inForce + 1);
  await store(context, next, author, context.now);
  mergeRules.forget(context.db);
  return next;
}

const store = (context: Context, rules: MergeRules, author: string, at: number): Promise<void> =>
  saveSetting(context.db, "merge-rules", {
    version: rules.version,
    document: rules as unknown as Json,
    author,
    at,
  });

const Id = v.pipe(
  v.string(),
  v.check(isVisitorId, "must be the id of a person or a visitor"),
  v.transform((id) => id as VisitorId),
);

/** `rules`: those to try; without them those in force. */
export const DryRunRequest = v.strictObject({ a: Id, b: Id, rules: v.optional(MergeRulesSchema) });

export interface DryRunAnswer {
  people: [VisitorId, VisitorId];
  /** What each identifier that both say would do. */
  shared: ({ kind: string; value: string | null } & Said)[];
  /** What an officer's wish to join them would do. */
  decision: Said;
}

interface Said {
  verdict: Verdict["verdict"];
  reason: string | null;
  because: string;
}

const inWords = (verdict: Verdict): Said => ({
  verdict: verdict.verdict,
  reason: verdict.verdict === "merge" ? null : verdict.reason,
  because: verdict.because,
});

export async function tryRules(
  context: Context,
  request: v.InferOutput<typeof DryRunRequest>,
): Promise<DryRunAnswer> {
  const [a, b] = await Promise.all([
    loadPerson(context, request.a),
    loadPerson(context, request.b),
  ]);
  const [inForce, blocked] = await Promise.all([rulesInForce(context.db), listBlocked(context.db)]);
  const rules = {
    ...(request.rules ? rulesFrom(request.rules, inForce.version + 1) : inForce),
    blockedKeys: new Set(blocked),
  };
  const edges = [...a.edges, ...b.edges];
  const values = await identifiersByKey(context, [...a.visitors, ...b.visitors]);
  const both = sharedClaims(a, b).map(({ key, kind }) => ({
    key,
    kind,
    value: values.get(key)?.value ?? null,
    sides: [sideFor(a, key), sideFor(b, key)] as const,
  }));
  const held = await heldBack(context.db, both, rules);
  const shared = both.map(({ key, kind, value, sides }, n) => ({
    kind,
    value,
    ...inWords(held[n] ?? decideMerge({ kind: "claim", identifier: key }, ...sides, rules, edges)),
  }));
  const wish = { kind: "command", id: "", by: "officer", force: false } as const;
  const decision = inWords(decideMerge(wish, sideAt(a, request.a), sideAt(b, request.b), rules));
  return { people: [a.id, b.id], shared, decision };
}

function sharedClaims(a: PersonView, b: PersonView): Claim[] {
  const mine = new Map(
    a.visitors.flatMap(({ claims }) => claims.map((claim) => [claim.key, claim])),
  );
  const theirs = new Set(b.visitors.flatMap(({ claims }) => claims.map(({ key }) => key)));
  return [...mine.values()].filter(({ key }) => theirs.has(key));
}

/** The person as seen from whoever of it says this identifier. */
function sideFor(view: PersonView, key: Claim["key"]): Side {
  const visitors = view.visitors.map(known);
  const at = visitors.find(({ claims }) => claims[key]) ?? visitors[0];
  if (!at) throw new Problem("not_found", "there is nobody of this id");
  return { at, visitors };
}

function sideAt(view: PersonView, id: VisitorId): Side {
  const visitors = view.visitors.map(known);
  const at = visitors.find((each) => each.id === id) ?? visitors[0];
  if (!at) throw new Problem("not_found", "there is nobody of this id");
  return { at, visitors };
}

export const getMergeRules = forRole("officer", async (_request, context) =>
  json(await rulesInForce(context.db)),
);

export const putMergeRules = forRole("officer", async (request, context, role) =>
  json(await saveRules(context, await readBody(request, MergeRulesSchema), role)),
);

export const postDryRun = forRole("officer", async (request, context) =>
  json(await tryRules(context, await readBody(request, DryRunRequest))),
);
