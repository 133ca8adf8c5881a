/** Reading what was suggested and what came of it. */
import { and, asc, eq, gt, gte, lte, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Day, VisitorId } from "../domain/ids.ts";
import type { HintOutcome, HintRecord } from "../domain/ports.ts";
import { hints } from "./schema.ts";
import { byParts, gather } from "./shards.ts";

export type LandedHint = HintRecord & { day: Day };

/** Where a walk goes on. */
export interface HintPlace {
  day: Day;
  visitor: VisitorId;
  hint: string;
  outcome: HintOutcome;
}

/**
 * Outcomes of the days from the first to the last, both included, in the order of their key: each page goes on after the
 * last one's place. With an action, those of that action alone; the days are read all the same.
 */
export async function readHints(
  db: D1Database,
  query: { from: Day; to: Day; action?: string; after?: HintPlace; limit: number },
): Promise<LandedHint[]> {
  const { from, to, action, after, limit } = query;
  const ask = (shard: D1Database): Promise<LandedHint[]> =>
    drizzle(shard)
      .select()
      .from(hints)
      .where(
        and(
          gte(hints.day, after?.day ?? from),
          lte(hints.day, to),
          action === undefined ? undefined : eq(hints.action, action),
          after &&
            or(
              gt(hints.day, after.day),
              gt(hints.visitor, after.visitor),
              and(eq(hints.visitor, after.visitor), gt(hints.hint, after.hint)),
              and(
                eq(hints.visitor, after.visitor),
                eq(hints.hint, after.hint),
                gt(hints.outcome, after.outcome),
              ),
            ),
        ),
      )
      .orderBy(asc(hints.day), asc(hints.visitor), asc(hints.hint), asc(hints.outcome))
      .limit(limit);
  return gather(
    db,
    ask,
    byParts(
      (each) => each.day,
      (each) => each.visitor,
      (each) => each.hint,
      (each) => each.outcome,
    ),
    limit,
  );
}
