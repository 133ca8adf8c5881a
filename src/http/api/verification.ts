/**
 * A run over the whole ledger of receipts, a part at a time: it can be left and returned to. How far it has come is kept
 * in R2, outside the database that it checks.
 */
import { isObject } from "../../domain/json.ts";
import type { Millis } from "../../domain/ids.ts";
import { shareBefore } from "../../privacy/progress.ts";
import type { Role } from "../auth.ts";
import type { Context } from "../context.ts";
import { isOlderDays, isPersons, type Verification, verifyReceipts } from "./receipts.ts";

export interface VerificationRun extends Omit<Verification, "ok"> {
  by: Role;
  begun: Millis;
  at: Millis;
  done: boolean;
}

const PLACE = "run/verification";
/** Receipts checked by one look. */
const LOOK = 1_000;
/** Faults kept; one is enough to know that something is wrong. */
const FAULTS = 100;

/** The chains are done, and what the persons know of them, and the days of before the last quarter, are left. */
const ALMOST = 0.95;

export const verifiedShare = ({ done, cursor }: VerificationRun): number =>
  done
    ? 1
    : cursor !== null && (isOlderDays(cursor) || isPersons(cursor))
      ? ALMOST
      : shareBefore(cursor);

export const isSound = ({ faults, anchors }: VerificationRun): boolean =>
  faults.length === 0 && anchors.faults.length === 0;

/** The last run, whether it is over or not; null before the first. */
export async function lastVerification({ bucket }: Context): Promise<VerificationRun | null> {
  const stored: unknown = await (await bucket.get(PLACE))?.json();
  return isObject(stored) ? (stored as unknown as VerificationRun) : null;
}

export async function beginVerification(context: Context, by: Role): Promise<VerificationRun> {
  const found = await verifyReceipts(context, undefined, LOOK);
  return keep(context, {
    ...part(found),
    by,
    begun: context.now,
    at: context.now,
    done: found.cursor === null,
  });
}

/** Goes on where it stands. Two that look at once do the same part twice, and count it once. */
export async function continueVerification(
  context: Context,
  run: VerificationRun,
): Promise<VerificationRun> {
  if (run.done || run.cursor === null) return run;
  const found = part(await verifyReceipts(context, run.cursor, LOOK));
  return keep(context, {
    ...run,
    receipts: run.receipts + found.receipts,
    visitors: run.visitors + found.visitors,
    faults: [...run.faults, ...found.faults].slice(0, FAULTS),
    anchors: {
      anchors: run.anchors.anchors + found.anchors.anchors,
      faults: [...run.anchors.faults, ...found.anchors.faults].slice(0, FAULTS),
    },
    cursor: found.cursor,
    at: context.now,
    done: found.cursor === null,
  });
}

function part({ receipts, visitors, faults, anchors, cursor }: Verification) {
  return { receipts, visitors, faults: faults.slice(0, FAULTS), anchors, cursor };
}

async function keep({ bucket }: Context, run: VerificationRun): Promise<VerificationRun> {
  await bucket.put(PLACE, JSON.stringify(run));
  return run;
}
