/** What an officer begins with: what waits for them, how people answered, what wasn't recorded, whether the proof is sound. */
import { type Count, readCounts } from "../../d1/counters.ts";
import { readDraft } from "../../d1/drafts.ts";
import { listOrigins } from "../../d1/imports.ts";
import { countFloods } from "../../d1/quarantine.ts";
import { countOpen } from "../../d1/suggestions.ts";
import { dayName, type Millis } from "../../domain/ids.ts";
import {
  isAnswered,
  loadRequest,
  openRequests,
  readyRequests,
  type StoredRequest,
} from "../../privacy/requests.ts";
import type { Context } from "../context.ts";
import { COUNTED, countedParts, lagNow } from "./overview.ts";
import type { Range } from "./reports.ts";
import { lastVerification, type VerificationRun } from "./verification.ts";

/** Open requests looked at, and suggestions counted. */
export const REQUESTS_MOST = 100;
export const SUGGESTIONS_MOST = 100;

const LATELY_MS = 7 * 86_400_000;

export interface OfficerOverview extends ReturnType<typeof countedParts> {
  from: string;
  to: string;
  /** The share of those asked who agreed to something, in as many days before; null where nobody answered then. */
  agreedBefore: number | null;
  /** Requests that aren't answered yet, the first due first; up to one more than `REQUESTS_MOST`. */
  requests: StoredRequest[];
  waiting: {
    /** Up to one more than `SUGGESTIONS_MOST`. */
    suggestions: number;
    /** Origins of imports whose consent doesn't count before somebody approves them. */
    origins: string[];
    /** When the draft of the next policy was last saved; null without one. */
    draft: Millis | null;
    /** Identifiers that too many said within the last week, and that join nobody until somebody releases them. */
    quarantined: number;
  };
  verification: VerificationRun | null;
  policy: number;
}

export async function officerOverview(context: Context, range: Range): Promise<OfficerOverview> {
  const { db } = context;
  const span = range.to - range.from + 1;
  const [counts, before, requests, origins, draft, verification, policy, rules, lag] =
    await Promise.all([
      readCounts(db, range.from, range.to, COUNTED),
      readCounts(db, range.from - span, range.from - 1, ["choice"]),
      unanswered(context),
      listOrigins(db),
      readDraft(db, "policy"),
      lastVerification(context),
      context.policy(),
      context.mergeRules(),
      lagNow(context),
    ]);
  const lately = context.now - LATELY_MS;
  return {
    from: dayName(range.from),
    to: dayName(range.to),
    ...countedParts(counts, lag),
    agreedBefore: agreedOf(before),
    requests,
    waiting: {
      suggestions: await countOpen(db, rules.probable.suggestFrom, SUGGESTIONS_MOST + 1),
      origins: origins.filter(({ approvedAt }) => approvedAt === null).map(({ origin }) => origin),
      draft: draft?.at ?? null,
      quarantined: await countFloods(db, lately),
    },
    verification,
    policy: policy.version,
  };
}

async function unanswered({ bucket }: Context): Promise<StoredRequest[]> {
  const [open, ready] = await Promise.all(
    [openRequests, readyRequests].map((list) => list({ bucket }, REQUESTS_MOST + 1)),
  );
  const ids = [...(open ?? []), ...(ready ?? [])];
  const found = await Promise.all(ids.map((id) => loadRequest({ bucket }, id)));
  return found
    .flatMap((version) => version?.request ?? [])
    .filter((request) => !isAnswered(request))
    .toSorted((a, b) => a.due - b.due)
    .slice(0, REQUESTS_MOST + 1);
}

function agreedOf(choices: readonly Omit<Count, "day">[]): number | null {
  const sum = (of: readonly Omit<Count, "day">[]): number =>
    of.reduce((total, { count }) => total + count, 0);
  const answered = sum(choices);
  return answered === 0 ? null : sum(choices.filter(({ reason }) => reason !== "none")) / answered;
}
