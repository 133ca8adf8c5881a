/** A large site's past, made by the database itself: people, events, hints, receipts, counts, the audit log. */

/** As far as the seed needs one: Miniflare's is of its own type. */
export interface Seeded {
  prepare(sql: string): { bind(...values: unknown[]): { run(): Promise<unknown> } };
}

export interface Size {
  people: number;
  events: number;
}

/** The past that is seeded, in days. */
export const DAYS = 90;
const DAY_MS = 86_400_000;
/** Rows of one statement. */
const AT_ONCE = 25_000;

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
/** Ids are random, so their first letters are spread evenly: an odd factor does that with each number once. */
const SPREAD = 2_654_435_761;
const SPREAD_LETTERS = 6;

/** A number as a visitor's id: 26 characters of a to z and 2 to 7. */
const ID = (n: string): string => {
  const letters = Array.from(
    { length: SPREAD_LETTERS },
    (_, at) => `substr('${LETTERS}', ((((${n}) * ${SPREAD}) >> ${at * 5}) & 31) + 1, 1)`,
  );
  return `${letters.join(" || ")} || replace(replace(replace(replace(printf('%020d', ${n}), '0', 'a'), '1', 'b'), '8', 'c'), '9', 'd')`;
};

/** The same id, in this process. */
export function idOf(n: number): string {
  const spread = BigInt(n) * BigInt(SPREAD);
  const letters = Array.from({ length: SPREAD_LETTERS }, (_, at) =>
    LETTERS.charAt(Number((spread >> BigInt(at * 5)) & 31n)),
  );
  const digits = String(n)
    .padStart(20, "0")
    .replace(/[0189]/g, (digit) => "ab234567cd".charAt(Number(digit)));
  return letters.join("") + digits;
}

/** Numbers from the first to the last, as a table `n(i)`. The local D1 binds numbers as REAL. */
const NUMBERS =
  "WITH RECURSIVE n(i) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)";

async function inParts(
  db: Seeded,
  from: number,
  count: number,
  sql: string,
  ...more: readonly number[]
): Promise<void> {
  // Whole numbers of our own, written into the statement for the same reason.
  const whole = more.reduce(
    (text, value, at) => text.replaceAll(`?${at + 3}`, String(Math.floor(value))),
    sql,
  );
  for (let first = from; first < from + count; first += AT_ONCE) {
    const last = Math.min(first + AT_ONCE, from + count) - 1;
    await db.prepare(`${NUMBERS} ${whole}`).bind(first, last).run();
  }
}

const PAGE = `json_object('page', json_object('url', 'https://www.example.org/news/' || (i % 400), 'path', '/news/' || (i % 400), 'title', 'News ' || (i % 400)),
  'device', json_object('type', CASE i % 3 WHEN 0 THEN 'phone' WHEN 1 THEN 'desktop' ELSE 'tablet' END, 'os', 'iOS', 'browser', 'Safari'),
  'campaign', json_object('source', 'mail' || (i % 9), 'medium', 'email', 'name', 'week-' || (i % 40)), 'topics', json_array('topic' || (i % 12)))`;

/** One event in a hundred is an order. */
const ORDER = `json_set(${PAGE}, '$.valueCents', 500 + i % 9000)`;

/** Each day has its share of the events. */
async function events(db: Seeded, today: number, size: Size): Promise<void> {
  const perDay = Math.floor(size.events / DAYS);
  for (let back = 0; back < DAYS; back++) {
    const day = today - back;
    await inParts(
      db,
      0,
      perDay,
      `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data)
       SELECT ?3, ${ID(`(i * ${size.people} / ?4 + ?3 * 7) % ${size.people}`)}, 'e' || i, ?3 * ${DAY_MS} + i * 13 % ${DAY_MS}, ?3 * ${DAY_MS} + i * 13 % ${DAY_MS},
         CASE WHEN i % 10 = 9 THEN 'track' ELSE 'page' END, CASE WHEN i % 10 = 9 THEN 'Event ' || (i % 30) END, 'web', 1,
         'advertising,measurement,personalization', CASE WHEN i % 100 = 9 THEN ${ORDER} ELSE ${PAGE} END FROM n`,
      day,
      perDay,
    );
  }
}

/** One in twenty was here today, the others on the days before. */
const people = (db: Seeded, today: number, size: Size): Promise<void> =>
  inParts(
    db,
    0,
    size.people,
    `INSERT INTO people (seen_day, id, stage, first_seen, last_seen, visitors, events, next)
     SELECT ?3 - CASE WHEN i % 20 = 0 THEN 0 ELSE i % ${DAYS} END, ${ID("i")},
       CASE WHEN i % 50 = 0 THEN 'person' WHEN i % 20 = 1 THEN 'identified' WHEN i % 3 = 0 THEN 'activity' ELSE 'device' END,
       0, (?3 - CASE WHEN i % 20 = 0 THEN 0 ELSE i % ${DAYS} END) * ${DAY_MS} + i * 37 % ${DAY_MS}, 1, 20,
       CASE WHEN i % 4 = 0 THEN 'Get the app' END FROM n`,
    today,
  );

const hints = (db: Seeded, today: number, size: Size): Promise<void> =>
  inParts(
    db,
    0,
    size.people,
    `INSERT INTO hints (day, visitor, hint, outcome, action, at, propensity, stage, slot, until, device, topic)
     SELECT ?3 - i % ${DAYS}, ${ID("i")}, ${ID("i")} || '.' || substr(printf('%012d', i), 1, 12),
       CASE i % 5 WHEN 0 THEN 'taken' ELSE 'shown' END, 'app', (?3 - i % ${DAYS}) * ${DAY_MS}, 0.5, 'device', 'hero', 0, 'phone', NULL FROM n`,
    today,
  );

const receipts = (db: Seeded, today: number, size: Size): Promise<void> =>
  inParts(
    db,
    0,
    size.people,
    `INSERT INTO receipts (visitor, seq, at, kind, policy, body, hash, previous, landed)
     SELECT ${ID("i")}, 1, (?3 - i % ${DAYS}) * ${DAY_MS}, 'grant', 1,
       '{"method":"banner","region":"DE","regime":"opt-in","purposes":[]}', 'h' || i, '', ?3 - i % ${DAYS} FROM n`,
    today,
  );

const audit = (db: Seeded, now: number, size: Size): Promise<void> =>
  inParts(
    db,
    0,
    Math.floor(size.people / 2),
    `INSERT INTO audit (at, id, via, role, subject, act, whose, outcome)
     SELECT ?3 - i * 60000, 'a' || i, 'console', 'officer', 'session', 'GET /_u/console/people/:id', ${ID("i")}, 200 FROM n`,
    now,
  );

const counters = (db: Seeded, today: number): Promise<void> =>
  inParts(
    db,
    0,
    DAYS * 20,
    `INSERT OR IGNORE INTO counters (day, kind, reason, regime, count)
     SELECT ?3 - i / 20, CASE WHEN i % 20 < 8 THEN 'drop' ELSE 'choice' END,
       CASE WHEN i % 20 < 8 THEN json_extract('["consent","bot","duplicate","blocked","invalid","erased","too_old","capped"]', '$[' || (i % 20) || ']')
       ELSE json_extract('["all","some","none"]', '$[' || (i % 3) || ']') END,
       CASE WHEN i % 20 < 8 THEN 'opt-in' ELSE json_extract('["DE","FR","US-CA","GB"]', '$[' || (i % 4) || ']') END, 7 + i FROM n`,
    today,
  );

/** One person in ten is two visitors: pairs of neighbours. */
const merges = (db: Seeded, today: number, size: Size): Promise<void> =>
  inParts(
    db,
    0,
    Math.floor(size.people / 10),
    `INSERT INTO merge_log (day, merge, op, at, by, a, b, evidence, because, rules)
     SELECT ?3 - i % ${DAYS}, 'm' || i, 'merge', (?3 - i % ${DAYS}) * ${DAY_MS}, 'policy', ${ID("i * 10")}, ${ID("i * 10 + 1")},
       'email', 'the same address was proved on both', 1 FROM n`,
    today,
  );

const spend = (db: Seeded, today: number): Promise<void> =>
  inParts(
    db,
    0,
    DAYS * 40,
    `INSERT OR IGNORE INTO spend (day, channel, campaign, cost_cents, impressions, clicks)
     SELECT ?3 - i / 40, 'mail' || (i % 9), 'week-' || (i % 40), 100 + i % 5000, i, i % 70 FROM n`,
    today,
  );

/** Pairs to decide about that are less sure than those of the town, and as many decided ones. Nobody is behind them. */
const suggestions = (db: Seeded, now: number, size: Size): Promise<void> =>
  inParts(
    db,
    0,
    Math.floor(size.people / 10),
    `INSERT INTO suggestions (a, b, at, weight, probability, model, steps, state, decided_at, decided_by)
     SELECT min(x, y), max(x, y), at, 3000 + i % 4000, 0.9, 1, '[]', CASE WHEN i % 2 = 0 THEN 'open' ELSE 'rejected' END,
       CASE WHEN i % 2 = 0 THEN NULL ELSE at END, CASE WHEN i % 2 = 0 THEN NULL ELSE 'officer' END
     FROM (SELECT i, ${ID("i * 10 + 2")} AS x, ${ID("i * 10 + 3")} AS y, ?3 - i * 1000 AS at FROM n)`,
    now,
  );

/** What a policy that is new would remove: older than anything may be kept. */
async function expired(db: Seeded, today: number, size: Size): Promise<void> {
  const day = today - 1_000;
  const rows = Math.floor(size.people / 3);
  await inParts(
    db,
    0,
    rows,
    `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data)
     SELECT ?3, ${ID("i")}, 'old' || i, ?3 * ${DAY_MS}, ?3 * ${DAY_MS}, 'page', NULL, 'web', 1, 'measurement', ${PAGE} FROM n`,
    day,
  );
  await inParts(
    db,
    0,
    rows,
    `INSERT INTO hints (day, visitor, hint, outcome, action, at, propensity, stage, slot, until, device, topic)
     SELECT ?3, ${ID("i")}, 'old' || i, 'shown', 'app', ?3 * ${DAY_MS}, 0.5, 'device', 'hero', 0, 'phone', NULL FROM n`,
    day,
  );
}

/** @param today whole days since 1970 */
export async function seed(db: Seeded, now: number, size: Size): Promise<void> {
  const today = Math.floor(now / DAY_MS);
  const parts = [
    ["people", () => people(db, today, size)],
    ["hints", () => hints(db, today, size)],
    ["receipts", () => receipts(db, today, size)],
    ["audit", () => audit(db, now, size)],
    ["counters", () => counters(db, today)],
    ["merges", () => merges(db, today, size)],
    ["spend", () => spend(db, today)],
    ["what has run out", () => expired(db, today, size)],
    ["suggestions", () => suggestions(db, now, size)],
    ["events", () => events(db, today, size)],
  ] as const;
  for (const [name, make] of parts) {
    process.stderr.write(`console: seeding ${name}\n`);
    await make();
  }
}
