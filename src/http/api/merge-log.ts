/** `GET /_u/api/merges`: every merge, undo and other decision about who is who, over all people, newest first. */
import { type LoggedDecision, readMergeLog } from "../../d1/merge-log.ts";
import { nameOf } from "../../domain/identity/policy.ts";
import type { IdentifierKey, VisitorId } from "../../domain/ids.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Call, Context } from "../context.ts";
import { json } from "../respond.ts";
import { asked, iso, pageSize } from "./input.ts";

export interface MergeLogLine {
  /** Of the merge that was made or undone; null for other decisions. */
  merge: string | null;
  op: LoggedDecision["op"];
  at: string;
  /** `policy`, or the role of who decided. */
  by: string;
  because: string;
  /** A kind of identifier in words, `human` or `inferred`; never an identifier. */
  evidence: string;
  /** Whom it concerns; each leads to the person they are with now. */
  visitors: VisitorId[];
  /** Version of the merge rules; null for what isn't a merge. */
  rules: number | null;
}

export interface MergeLogPage {
  merges: MergeLogLine[];
  cursor: string | null;
}

export async function mergeLogPage(
  { db }: Pick<Context, "db">,
  query: { limit: number; cursor?: string | undefined },
): Promise<MergeLogPage> {
  const { decisions, cursor } = await readMergeLog(db, query);
  return { merges: decisions.map(lineOf), cursor };
}

function lineOf({
  merge,
  op,
  at,
  by,
  a,
  b,
  evidence,
  because,
  rules,
}: LoggedDecision): MergeLogLine {
  const ids = new Set([a, b].filter((id): id is VisitorId => id !== ""));
  return {
    merge: op === "merge" || op === "undo" ? merge : null,
    op,
    at: iso(at),
    by,
    because,
    evidence: wordsOf(evidence, by),
    visitors: [...ids],
    rules: rules === 0 ? null : rules,
  };
}

function wordsOf(evidence: string, by: string): string {
  if (evidence.startsWith("command:")) return by === "policy" ? "inferred" : "human";
  if (evidence === "human" || evidence === "inferred") return evidence;
  return nameOf(`${evidence}:` as IdentifierKey);
}

/** For the audit: the people who were shown. */
export function tellsOf(request: Call, { merges }: MergeLogPage): void {
  isAbout(
    request,
    merges.flatMap(({ visitors }) => visitors),
  );
}

export const getMerges = forRole("officer", async (request, context) => {
  const found = await mergeLogPage(context, {
    limit: pageSize(request),
    cursor: asked(request, "cursor"),
  });
  tellsOf(request, found);
  return json(found);
});
