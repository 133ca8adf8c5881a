/**
 * The what-if of a draft: the newest evidence of every visitor with a receipt, decided again under the draft. It is done
 * a part at a time and kept beside the draft, so that it can be left and returned to.
 */
import { type Draft, readDraft, saveReplay } from "../d1/drafts.ts";
import { newestReceipts } from "../d1/receipts.ts";
import { type Policy, readDraft as readPolicyDraft } from "../domain/consent/policy.ts";
import { publish } from "../domain/consent/policy-change.ts";
import { evidenceOf } from "../domain/consent/receipt.ts";
import { addWhatIfs, NOBODY, type WhatIf, whatIf } from "../domain/consent/simulate.ts";
import type { Millis } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { shareBefore } from "./progress.ts";

export interface Replay {
  /** The published version it was compared with. */
  version: number;
  /** The last visitor looked at; null at the start. */
  last: string | null;
  done: boolean;
  at: Millis;
  found: WhatIf;
}

const VISITORS_AT_ONCE = 1_000;
/** Parts done by one look, and by one run of cron. */
const PARTS = { look: 2, cron: 50 } as const;
/** Parts after which it is put down how far it is: what is done twice when somebody dies at it. */
const PARTS_A_MARK = 10;

/** Goes on where it stands; begins anew where the published policy is another one now. */
export async function continueReplay(
  db: D1Database,
  draft: Draft,
  current: Policy,
  now: Millis,
  parts: keyof typeof PARTS = "look",
): Promise<Replay | null> {
  const { policy } = readPolicyDraft(draft.document);
  if (policy === null) return null;
  const next = publish({ previous: current, draft: policy, author: "", note: "", now }).policy;
  let replay = replayOf(draft, current) ?? {
    version: current.version,
    last: null,
    done: false,
    at: now,
    found: NOBODY,
  };
  if (replay.done) return replay;
  for (let n = 0; n < PARTS[parts] && !replay.done; n++) {
    const rows = await newestReceipts(db, replay.last ?? "", VISITORS_AT_ONCE);
    const evidence = rows.flatMap(({ body }) => (body && evidenceOf(body)) ?? []);
    const found = whatIf({ current, draft: next, evidence, now });
    replay = {
      version: current.version,
      last: rows.at(-1)?.visitor ?? replay.last,
      done: rows.length < VISITORS_AT_ONCE,
      at: now,
      found: addWhatIfs(replay.found, found),
    };
    const isLast = replay.done || n === PARTS[parts] - 1;
    if (isLast || n % PARTS_A_MARK === PARTS_A_MARK - 1)
      await saveReplay(db, "policy", draft.revision, replay as unknown as Json);
  }
  return replay;
}

/** What was found so far; null before the start, and of a policy that is no longer in force. */
export function replayOf({ replay }: Draft, current: Policy): Replay | null {
  const known = replay as unknown as Replay | null;
  return known?.version === current.version ? known : null;
}

/** One that somebody began and left. */
export async function finishReplay(db: D1Database, current: Policy, now: Millis): Promise<void> {
  const draft = await readDraft(db, "policy");
  const begun = draft && replayOf(draft, current);
  if (draft && begun && !begun.done) await continueReplay(db, draft, current, now, "cron");
}

/** How far, from 0 to 1. */
export const progressOf = ({ last, done }: Replay): number => (done ? 1 : shareBefore(last));
