/** How often each action was shown and taken, over all its hints. */
import type { Day } from "../domain/ids.ts";
import { overShards } from "./shards.ts";

export interface TakeCount {
  action: string;
  shown: number;
  taken: number;
}

const TAKES = `SELECT action, count(*) FILTER (WHERE outcome = 'shown') AS shown,
    count(*) FILTER (WHERE outcome = 'taken') AS taken
  FROM hints WHERE day BETWEEN ?1 AND ?2 GROUP BY action`;

/** Days both included. */
export async function readTakes(db: D1Database, from: Day, to: Day): Promise<TakeCount[]> {
  const counted = await overShards(db, (shard) =>
    shard.prepare(TAKES).bind(from, to).all<TakeCount>(),
  );
  const actions = Map.groupBy(
    counted.flatMap(({ results }) => results),
    ({ action }) => action,
  );
  return Array.from(actions, ([action, each]) => ({
    action,
    shown: each.reduce((sum, { shown }) => sum + shown, 0),
    taken: each.reduce((sum, { taken }) => sum + taken, 0),
  }));
}
