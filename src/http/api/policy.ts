/** The consent policy for the officer: read, publish the next version, look back, and try a draft before it counts. */
import * as v from "valibot";
import { DEFAULT_POLICY } from "../../domain/consent/default-policy.ts";
import { faultsAgainst } from "../../domain/consent/former-names.ts";
import { type Policy, parsePolicy } from "../../domain/consent/policy.ts";
import { diffPolicies, publish } from "../../domain/consent/policy-change.ts";
import { REGIMES } from "../../domain/consent/purposes.ts";
import { evidenceOf } from "../../domain/consent/receipt.ts";
import { type Evidence, simulate, whatIf } from "../../domain/consent/simulate.ts";
import type { Json } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import {
  latestPolicy,
  type PublishedPolicy,
  policyVersion,
  policyVersions,
  publishPolicy,
} from "../../d1/policies.ts";
import { receiptsAfter } from "../../d1/receipts.ts";
import { forRole } from "../auth.ts";
import { parseCookies } from "../cookies.ts";
import { readJson } from "../body.ts";
import type { Context } from "../context.ts";
import { policies } from "../documents.ts";
import { json } from "../respond.ts";
import { asked, iso, readBody, wholeNumber } from "./input.ts";

/** Who published what nobody published: the policy that Usher starts with. */
export const STARTER = {
  author: "usher",
  note: "The policy that Usher starts with",
  at: 0,
} as const;

const NOTE_MAX = 1_000;

/** @throws Problem `invalid` with the path of the first fault */
export function requirePolicy(draft: unknown, as: "draft" | "published" = "published"): Policy {
  const parsed = parsePolicy(draft, as);
  if (parsed.ok) return parsed.policy;
  const [fault] = parsed.faults;
  throw new Problem("invalid", fault?.message ?? "isn't a policy", { path: fault?.path ?? "" });
}

/** As it is stored, not as this isolate remembers it. */
export async function policyInForce(context: Context): Promise<Policy> {
  const published = await latestPolicy(context.db);
  return published ? requirePolicy(published.document) : DEFAULT_POLICY;
}

/**
 * The draft becomes the next version; what it says of versions doesn't count. `expected` is the version that its author
 * took for the one in force, `revision` that of the stored draft, which goes with the publication.
 * @throws Problem `invalid`; `conflict` when somebody else published meanwhile
 */
export async function publishDraft(
  context: Context,
  draft: unknown,
  {
    expected,
    revision = null,
    ...by
  }: { author: string; note: string; expected?: number | undefined; revision?: number | null },
): Promise<{ policy: Policy; material: readonly string[] }> {
  if (by.note.length > NOTE_MAX)
    throw new Problem("invalid", `must have at most ${NOTE_MAX} characters`, { path: "note" });
  const checked = requirePolicy(draft, "draft");
  const previous = await policyInForce(context);
  const [taken] = faultsAgainst(previous, checked);
  if (taken) throw new Problem("invalid", taken.message, { path: taken.path });
  if (expected !== undefined && expected !== previous.version)
    throw new Problem("conflict", `version ${previous.version} was published meanwhile`, {
      path: "expected",
    });
  const next = publish({ previous, draft: checked, ...by, now: context.now });
  // The versions begin with the one that was in force before anybody published.
  if (previous === DEFAULT_POLICY) await store(context, DEFAULT_POLICY, STARTER);
  await store(context, next.policy, { ...by, at: next.at }, revision);
  policies.forget(context.db);
  return { policy: next.policy, material: next.material };
}

const store = (
  context: Context,
  policy: Policy,
  about: { author: string; note: string; at: number },
  revision: number | null = null,
): Promise<void> =>
  publishPolicy(
    context.db,
    { version: policy.version, document: policy as unknown as Json, ...about },
    revision,
  );

export const getPolicy = forRole("officer", async (_request, context) =>
  json(await policyInForce(context)),
);

/** The body is the document; `?note=` says what changed and why, `?expected=` which version it is meant to follow. */
export const putPolicy = forRole("officer", async (request, context, role) => {
  const expected = wholeNumber(request, "expected");
  const by = { author: role, note: asked(request, "note") ?? "", expected };
  const { policy } = await publishDraft(context, await readJson(request), by);
  return json(policy);
});

export const getPolicyVersions = forRole("officer", async (_request, context) => {
  const versions = await versionsOf(context);
  return json({ versions: versions.map((each) => ({ ...each, at: iso(each.at) })) });
});

/** Newest first, without the documents. */
export async function versionsOf({ db }: Context): Promise<Omit<PublishedPolicy, "document">[]> {
  const published = await policyVersions(db);
  return published.length > 0 ? published : [{ version: 1, ...STARTER }];
}

export const getPolicyVersion = forRole("officer", async (request, context) => {
  const { document } = await requireVersion(context, Number(request.params["version"]));
  return json(document);
});

/** @throws Problem `not_found` */
export async function requireVersion(context: Context, version: number): Promise<PublishedPolicy> {
  const found = Number.isSafeInteger(version) ? await policyVersion(context.db, version) : null;
  if (found) return found;
  if (version === 1 && (await latestPolicy(context.db)) === null)
    return { version, document: DEFAULT_POLICY as unknown as Json, ...STARTER };
  throw new Problem("not_found", "there is no such version");
}

const Answer = v.strictObject({
  state: v.picklist(["granted", "refused", "withdrawn"]),
  at: v.pipe(v.number(), v.integer()),
  policy: v.pipe(v.number(), v.integer()),
  regime: v.picklist(REGIMES),
});

/** A call as an officer would describe it, and perhaps a draft to decide it by. */
export const SimulateRequest = v.strictObject({
  policy: v.optional(v.unknown()),
  region: v.optional(v.string(), "unknown"),
  browser: v.optional(v.boolean(), true),
  gpc: v.optional(v.boolean(), false),
  /** As the call would bring them: of these the gate reads `Sec-GPC` and `Cookie`. */
  headers: v.optional(v.record(v.string(), v.string()), {}),
  cookies: v.optional(v.record(v.string(), v.string()), {}),
  context: v.optional(v.unknown()),
  choice: v.optional(
    v.nullable(
      v.strictObject({
        answers: v.record(v.string(), Answer),
        overrides: v.optional(v.array(v.picklist(["gpc"])), []),
        gpc: v.optional(v.boolean(), false),
      }),
    ),
    null,
  ),
  child: v.optional(v.boolean(), false),
  erased: v.optional(v.boolean(), false),
});
export type SimulateRequest = v.InferOutput<typeof SimulateRequest>;

/** Receipts looked at for a what-if: enough to see where it goes, little enough to answer at once. */
const EVIDENCE_MAX = 20_000;
const EVIDENCE_PAGE = 1_000;

/** What every visitor with a receipt last decided on, newest receipt each. */
async function newestEvidence(db: D1Database): Promise<{ evidence: Evidence[]; whole: boolean }> {
  const newest = new Map<string, Evidence>();
  let last: { visitor: string; seq: number } | null = null;
  for (let read = 0; read < EVIDENCE_MAX; read += EVIDENCE_PAGE) {
    const rows = await receiptsAfter(db, last, EVIDENCE_PAGE);
    for (const row of rows) {
      const evidence = "erased" in row ? null : evidenceOf(row.body);
      if (evidence) newest.set(row.visitor, evidence);
    }
    const end = rows.at(-1);
    if (!end || rows.length < EVIDENCE_PAGE) return { evidence: [...newest.values()], whole: true };
    last = { visitor: end.visitor, seq: end.seq };
  }
  return { evidence: [...newest.values()], whole: false };
}

/** What publishing the draft would change: in words of the document, and for the visitors there are. */
async function consequences(context: Context, current: Policy, draft: Policy) {
  const next = publish({ previous: current, draft, author: "", note: "", now: context.now });
  const { evidence, whole } = await newestEvidence(context.db);
  return {
    changes: diffPolicies(current, next.policy).filter(({ path }) => path !== "version"),
    material: next.material,
    whatIf: {
      ...whatIf({ current, draft: next.policy, evidence, now: context.now }),
      /** False when there are more receipts than were looked at. */
      whole,
    },
  };
}

/** Cookies that are named by themselves go before those of the header. */
function broughtBy({ gpc, headers, cookies }: SimulateRequest): {
  secGpc: string | undefined;
  cookies: Record<string, string>;
} {
  const header = (name: string): string | undefined =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const sent = [...parseCookies(header("cookie") ?? null)].flatMap(([name, [value]]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    secGpc: gpc ? "1" : header("sec-gpc"),
    cookies: { ...Object.fromEntries(sent), ...cookies },
  };
}

export async function trySituation(context: Context, request: SimulateRequest) {
  const current = await policyInForce(context);
  const draft = request.policy === undefined ? null : requirePolicy(request.policy);
  const { region, signals, result, rules } = simulate(
    draft ?? current,
    { ...request, ...broughtBy(request) },
    context.now,
  );
  return {
    policy: { version: current.version, draft: draft !== null },
    region,
    regime: result.regime,
    ask: result.ask,
    gpc: result.gpc,
    signals,
    decisions: result.decisions,
    rules,
    ...(draft ? await consequences(context, current, draft) : {}),
  };
}

export const postSimulate = forRole("officer", async (request, context) =>
  json(await trySituation(context, await readBody(request, SimulateRequest))),
);
