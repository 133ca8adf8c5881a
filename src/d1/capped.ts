/** Who sent so much in a day that the rest was dropped. Nothing is kept of it: it is counted from the day's events when asked. */
import { type Day, dayName, type VisitorId } from "../domain/ids.ts";
import { readDrops } from "./counters.ts";
import { asking, byParts, gather } from "./shards.ts";

/** Of the 10,000 that are recorded: some carry another day's date, by their own clock. */
const MANY = 5_000;
const LINES = 8;

export interface CappedVisitor {
  visitor: VisitorId;
  /** YYYY-MM-DD */
  day: string;
  events: number;
}

/** On the last of these days on which something was capped, who sent most. Reads that day's keys, and nothing when none was. */
export async function readCapped(db: D1Database, from: Day, to: Day): Promise<CappedVisitor[]> {
  const day = (await readDrops(db, from, to)).findLast(({ reason }) => reason === "capped")?.day;
  if (day === undefined) return [];
  const most = await gather(
    db,
    asking<{ visitor: VisitorId; events: number }>(
      `SELECT visitor, count(*) AS events FROM events WHERE day = ?1
       GROUP BY visitor HAVING count(*) >= ${MANY} ORDER BY events DESC, visitor LIMIT ${LINES}`,
      day,
    ),
    byParts(
      ({ events }) => -events,
      ({ visitor }) => visitor,
    ),
    LINES,
  );
  return most.map(({ visitor, events }) => ({ visitor, day: dayName(day), events }));
}
