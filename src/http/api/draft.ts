/** The draft of the next consent policy: stored, left and returned to, and what publishing it would change. */
import { type Draft, discardDraft, readDraft, saveDraft } from "../../d1/drafts.ts";
import { type Policy, type PolicyFault, readDraft as read } from "../../domain/consent/policy.ts";
import { faultsAgainst } from "../../domain/consent/former-names.ts";
import { diffPolicies, type PolicyChange, publish } from "../../domain/consent/policy-change.ts";
import type { Json } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import { continueReplay, progressOf } from "../../privacy/replay.ts";
import { forRole } from "../auth.ts";
import { readJson } from "../body.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { iso, wholeNumber } from "./input.ts";
import { policyInForce } from "./policy.ts";

export interface DraftRead {
  stored: Draft;
  current: Policy;
  /** Null when it was stored by another Usher, under another shape. */
  policy: Policy | null;
  faults: PolicyFault[];
  changes: PolicyChange[];
  /** Purposes whose earlier grants it would expire. */
  material: readonly string[];
}

/** Null when nobody is writing one. */
export async function loadDraft(context: Context): Promise<DraftRead | null> {
  const [stored, current] = await Promise.all([
    readDraft(context.db, "policy"),
    policyInForce(context),
  ]);
  return stored && describe(stored, current);
}

function describe(stored: Draft, current: Policy): DraftRead {
  const { policy, faults: own } = read(stored.document);
  const faults = policy ? [...own, ...faultsAgainst(current, policy)] : own;
  const next =
    policy && publish({ previous: current, draft: policy, author: "", note: "", now: stored.at });
  return {
    stored,
    current,
    policy,
    faults,
    changes: next ? differences(current, next.policy) : [],
    material: next?.material ?? [],
  };
}

/** Without what publishing itself changes: the version, and since when a purpose is as it is. */
export const differences = (before: Policy, after: Policy): PolicyChange[] =>
  diffPolicies(before, after).filter(
    ({ path }) => path !== "version" && !/^purposes\.[^.]+\.since$/.test(path),
  );

/**
 * Saves a draft that may contradict itself, but has a policy's shape.
 * @param expected the revision its author had before them, 0 for none
 * @throws Problem `invalid` with the first fault of shape; `conflict`
 */
export async function storeDraft(
  context: Context,
  document: unknown,
  by: { author: string; expected: number | null; base?: number },
): Promise<void> {
  const { policy, faults } = read(document);
  if (policy === null)
    throw new Problem("invalid", faults[0]?.message ?? "isn't a policy", {
      path: faults[0]?.path ?? "",
    });
  const base = by.base ?? (await policyInForce(context)).version;
  const draft = {
    base,
    document: { ...policy, version: base } as unknown as Json,
    author: by.author,
    at: context.now,
  };
  await saveDraft(context.db, "policy", draft, by.expected);
}

const answer = ({ stored, current, faults, changes, material }: DraftRead) => ({
  revision: stored.revision,
  base: stored.base,
  /** In force now; another than `base` when somebody published meanwhile. */
  published: current.version,
  author: stored.author,
  at: iso(stored.at),
  document: stored.document,
  faults,
  changes,
  material,
});

async function requireDraft(context: Context): Promise<DraftRead> {
  const draft = await loadDraft(context);
  if (draft) return draft;
  throw new Problem("not_found", "there is no draft");
}

export const getDraft = forRole("officer", async (_request, context) =>
  json(answer(await requireDraft(context))),
);

/** `?revision=` is the one it was made from, 0 for none; without it, whatever is there is replaced. */
export const putDraft = forRole("officer", async (request, context, author) => {
  const expected = wholeNumber(request, "revision") ?? null;
  const known = await readDraft(context.db, "policy");
  await storeDraft(context, await readJson(request), {
    author,
    expected,
    ...(known ? { base: known.base } : {}),
  });
  return json(answer(await requireDraft(context)));
});

export const deleteDraft = forRole("officer", async (request, context) => {
  const revision = wholeNumber(request, "revision") ?? null;
  const known = await readDraft(context.db, "policy");
  if (known && !(await discardDraft(context.db, "policy", revision)))
    throw new Problem("conflict", "somebody else saved the draft meanwhile", { path: "revision" });
  return json({});
});

/** Goes on with the what-if, a few thousand visitors a call, until `done`. */
export const getWhatIf = forRole("officer", async (_request, context) => {
  const { stored, current } = await requireDraft(context);
  const replay = await continueReplay(context.db, stored, current, context.now);
  if (!replay) throw new Problem("conflict", "the draft isn't a policy");
  const { done, found } = replay;
  return json({ done, progress: progressOf(replay), ...found });
});
