/**
 * Daily figures when visitors move to other shards. Of past days nobody can say any more whose they are, so those of a shard go
 * whole to one of the new ones: reports add up what all of them say. The days that cron still counts become each shard's own
 * with its next run.
 */
import type { Day } from "../domain/ids.ts";
import { FIGURES, type Row, throughLock } from "./moving.ts";
import { stagesIn, WRITE_FIGURES } from "./rollups.ts";
import { chunks } from "./statements.ts";
import { type Tally, tallyOfFigures } from "./tally.ts";

const NEXT_DAY = `SELECT ${FIGURES.columns.join(", ")} FROM rollups
  WHERE day = (SELECT min(day) FROM rollups WHERE day > ?1)`;
const STAGES = `SELECT ${FIGURES.columns.join(", ")} FROM rollups WHERE day = ?1 AND dimension = 'stage'`;

type Figure = [
  day: Day,
  dimension: string,
  value: string,
  events: number,
  visitors: number,
  orders: number,
  orderCents: number,
];

const ask = (db: D1Database, sql: string, day: Day): Promise<Figure[]> =>
  db.prepare(sql).bind(day).raw<Figure>();

const nameOf = ([day, dimension, value]: Figure): string => JSON.stringify([day, dimension, value]);

/** One row a name, with the sums. */
const summed = (figures: readonly Figure[]): Figure[] =>
  [...Map.groupBy(figures, nameOf).values()].map((each) =>
    each.reduce((a, b) => [a[0], a[1], a[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6]]),
  );

const write = async (db: D1Database, figures: readonly Figure[]): Promise<void> => {
  const statements = chunks(figures).map((rows) => db.prepare(WRITE_FIGURES).bind(rows));
  if (statements.length > 0) await throughLock(db, FIGURES, ["INSERT", "UPDATE"], statements);
};

/** Without how well persons are known on the day that is still counted: `moveStages` does that. */
export const tallyFigures = (rows: readonly Row[], today: Day): Tally =>
  tallyOfFigures(
    (rows as readonly Figure[])
      .filter(([day, dimension]) => dimension !== "stage" || day < today)
      .map((figure) => ({ name: nameOf(figure), numbers: figure.slice(3) as number[] })),
  );

/** The figures of the first day after that one. Null when there is none; may be repeated. */
export async function moveFigures(
  sources: readonly D1Database[],
  target: D1Database,
  { after, today }: { after: Day; today: Day },
): Promise<{ day: Day; tally: Tally } | null> {
  const found = (await Promise.all(sources.map((each) => ask(each, NEXT_DAY, after)))).flat();
  if (found.length === 0) return null;
  const day = found.reduce((first, figure) => Math.min(first, figure[0]), Infinity);
  const figures = summed(found.filter((figure) => figure[0] === day)).filter(
    ([, dimension]) => dimension !== "stage" || day < today,
  );
  await write(target, figures);
  return { day, tally: tallyFigures(figures, today) };
}

/**
 * How well persons are known on the day that is still counted, as the most there ever were: each shard gets what its own
 * persons are now, so that the next count adds nothing, and the first one what there were more. May be repeated.
 */
export async function moveStages(
  sources: readonly D1Database[],
  targets: readonly D1Database[],
  today: Day,
): Promise<void> {
  const before = summed(
    (await Promise.all(sources.map((each) => ask(each, STAGES, today)))).flat(),
  );
  const now = await Promise.all(targets.map((each) => stagesIn(each, today)));
  const [first = []] = now;
  const stages = new Set([
    ...before.map((figure) => figure[2]),
    ...first.map(({ value }) => value),
  ]);
  const own = (of: (typeof now)[number], stage: string): number =>
    of.find(({ value }) => value === stage)?.visitors ?? 0;
  for (const [n, target] of targets.entries()) {
    const figures = [...new Set([...stages, ...(now[n] ?? []).map(({ value }) => value)])].map(
      (stage): Figure => {
        const all = now.reduce((sum, of) => sum + own(of, stage), 0);
        const most = before.find((figure) => figure[2] === stage)?.[4] ?? 0;
        const more = n === 0 ? Math.max(0, most - all) : 0;
        return [today, "stage", stage, 0, own(now[n] ?? [], stage) + more, 0, 0];
      },
    );
    await write(
      target,
      figures.filter((figure) => figure[4] > 0),
    );
  }
}
