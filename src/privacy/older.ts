/**
 * Taking out of older rows what a newer policy leaves out: what cron does after an officer has called a topic sensitive or named
 * more that isn't to be kept. Events lose what the gate would leave out of them today, hints the topic they were about, daily
 * figures what looks like a kind of value. What is sealed isn't touched: those are traits, which policies leave out nothing of,
 * and what their persons' keys open alone. It goes on from where the run before came to, and begins again for what was still on
 * its way to the database.
 */
import { readDocument, saveDocument } from "../d1/learning.ts";
import {
  cleanEvents,
  cleanFigures,
  cleanHints,
  FIRST,
  type OlderKey,
  type Piece,
  secondsNow,
} from "../d1/older.ts";
import { policyVersion } from "../d1/policies.ts";
import { layoutOf, shardsOf } from "../d1/shards.ts";
import {
  isNothing,
  isSame,
  isWithin,
  type LeftOut,
  leftOutOf,
} from "../domain/consent/left-out.ts";
import { parsePolicy, type Policy } from "../domain/consent/policy.ts";
import { cleanerOf, withhold } from "../domain/consent/withhold.ts";
import { DAY_MS, type Day, type Millis } from "../domain/ids.ts";

/** One call or two each. */
const PIECES_A_RUN = 60;
/** Pieces after which it is written down how far it is: what is done twice when somebody dies at it. */
const PIECES_A_MARK = 10;

/** After a policy, for what was recorded under the one before it and landed late: queues keep what they hold for up to 14 days. */
const AGAIN_MS: readonly Millis[] = [0, 3_600_000, DAY_MS, 15 * DAY_MS];
/** Databases' clocks agree to within that. */
const CLOCKS_SECONDS = 300;

/** No version is known to have left it out of everything: rows may be of an earlier Usher, too. */
const ALL = Number.MAX_SAFE_INTEGER;

type Table = keyof typeof FIRST;
const TABLES: readonly Table[] = ["events", "hints", "rollups"];

interface Place {
  /** Which database, in their order. */
  shard: number;
  table: Table;
  after: OlderKey;
}

interface State {
  /** The policy that it goes by. */
  version: number;
  left: LeftOut;
  /** When the job first saw it. */
  since: Millis;
  /** Events recorded under an earlier version than this may hold it; 1 when none can. */
  before: number;
  /** Databases as they were: what lies where depends on it. */
  shards: readonly string[];
  /** How many times everything was gone through. */
  passes: number;
  /** Null between two passes. */
  place: Place | null;
  /** Whole seconds: what landed earlier, an earlier pass has seen; and when this one began. */
  landed: number;
  began: number;
  looked: number;
  changed: number;
}

const isOver = ({ before, passes }: State): boolean => before <= 1 || passes >= AGAIN_MS.length;

/** Goes through some more of the rows that are older than what the policy leaves out. */
export async function withholdOlder(
  db: D1Database,
  policy: Policy,
  at: Millis,
  pieces = PIECES_A_RUN,
): Promise<void> {
  const last = (await readDocument(db, "older")) as unknown as State | null;
  // Whoever hasn't heard of the newest policy yet.
  if (last && last.version > policy.version) return;
  let state = await begun(db, policy, last, at);
  const mark = (): Promise<void> => saveDocument(db, "older", state, at);
  for (let n = 1; state.place && n <= pieces; n++) {
    state = stepped(state, state.place, await clean(db, policy, state, state.place));
    if (n % PIECES_A_MARK === 0) await mark();
  }
  await mark();
}

/** What there is to go on with under this policy. */
async function begun(
  db: D1Database,
  policy: Policy,
  last: State | null,
  at: Millis,
): Promise<State> {
  const left = leftOutOf(policy);
  const shards = layoutOf(db).names;
  const goesOn =
    last !== null &&
    isSame(last.left, left) &&
    (last.version === policy.version || (await keptSince(db, policy)) <= last.version);
  // What lay behind the place that it has come to may lie before it now.
  const isMoved = goesOn && !isOver(last) && last.shards.join() !== shards.join();
  if (!goesOn || isMoved) {
    const isKnown = last !== null && (last.before !== ALL || last.passes > 0);
    const changed = isKnown ? await keptSince(db, policy) : ALL;
    const before = isMoved ? last.before : changed;
    return nextPass(db, {
      version: policy.version,
      left,
      since: at,
      before: isNothing(left) ? 1 : before,
      shards,
      passes: 0,
      place: null,
      landed: 0,
      began: 0,
      looked: 0,
      changed: 0,
    });
  }
  const state = { ...last, version: policy.version, shards };
  const isDue = !state.place && at - state.since >= (AGAIN_MS[state.passes] ?? Infinity);
  return isDue ? nextPass(db, state) : state;
}

/** The first version since which every policy has left out at least what this one does. */
async function keptSince(db: D1Database, policy: Policy): Promise<number> {
  const left = leftOutOf(policy);
  for (let version = policy.version; version > 1; version--) {
    const parsed = parsePolicy((await policyVersion(db, version - 1))?.document, "published");
    if (!parsed.ok || !isWithin(left, leftOutOf(parsed.policy))) return version;
  }
  return 1;
}

async function nextPass(db: D1Database, state: State): Promise<State> {
  if (isOver(state)) return state;
  return {
    ...state,
    place: { shard: 0, table: "events", after: FIRST.events },
    landed: Math.max(0, state.began - CLOCKS_SECONDS),
    began: await secondsNow(db),
  };
}

async function clean(
  db: D1Database,
  policy: Policy,
  { before, landed, left }: State,
  { shard, table, after }: Place,
): Promise<Piece> {
  const nothing: Piece = { next: null, looked: 0, changed: 0 };
  const of = shardsOf(db)[shard];
  if (!of) return nothing;
  if (table === "events")
    return cleanEvents(of, after, { before, landed }, (event) => withhold(event, policy));
  if (table === "hints")
    return left.topics.length === 0 ? nothing : cleanHints(of, after, left.topics);
  const cleaner = cleanerOf(policy);
  if (!cleaner) return nothing;
  return cleanFigures(of, after, (dimension, value) => {
    if (dimension === "event") return cleaner.words(value);
    if (dimension === "path") return cleaner.url(value);
    return dimension === "campaign" ? campaign(value, cleaner.words) : value;
  });
}

/** Source, medium and name; ids behind them are an advertising system's own (d1/campaign-figures.ts). */
function campaign(value: string, words: (text: string) => string): string {
  try {
    const parts = JSON.parse(value) as (string | null)[];
    return JSON.stringify(
      parts.map((part, at) => (at < 3 && typeof part === "string" ? words(part) : part)),
    );
  } catch {
    return words(value);
  }
}

/** Where it goes on after a piece: in this table, in the next one, in the next database, or not at all. */
function stepped(state: State, { shard, table }: Place, { next, looked, changed }: Piece): State {
  const done = { looked: state.looked + looked, changed: state.changed + changed };
  const following = TABLES[TABLES.indexOf(table) + 1];
  const place =
    next !== null
      ? { shard, table, after: next }
      : following
        ? { shard, table: following, after: FIRST[following] }
        : shard + 1 < state.shards.length
          ? { shard: shard + 1, table: "events" as const, after: FIRST.events }
          : null;
  if (place) return { ...state, ...done, place };
  // Where there was no event at all, none is on its way that was recorded earlier.
  const passes = done.looked === 0 ? AGAIN_MS.length : state.passes + 1;
  return { ...state, ...done, place, passes };
}

/** For whoever wants to know how far it is. */
export interface OlderProgress {
  /** The version of the policy that it goes by. */
  version: number;
  /** Everything that was there has been gone through. What lands late is looked for again until `until`. */
  done: boolean;
  until: Millis | null;
  /** Events gone through so far, and rows that something was taken out of. */
  looked: number;
  changed: number;
  /** The day whose events it has come to, and in which of how many databases; null when it isn't among events. */
  day: Day | null;
  database: number;
  databases: number;
}

/** Null where the policy leaves out nothing that an earlier one didn't, or no run has begun yet. */
export async function olderProgress(db: D1Database): Promise<OlderProgress | null> {
  const state = (await readDocument(db, "older")) as unknown as State | null;
  if (!state || state.before <= 1) return null;
  const { version, passes, place, looked, changed, since, shards } = state;
  const day = place?.table === "events" ? Number(place.after[0]) : -1;
  return {
    version,
    done: passes > 0,
    until: isOver(state) ? null : since + (AGAIN_MS.at(-1) ?? 0),
    looked,
    changed,
    day: day < 0 ? null : day,
    database: (place?.shard ?? 0) + 1,
    databases: shards.length,
  };
}
