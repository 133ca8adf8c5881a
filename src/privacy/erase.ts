/**
 * Erasing visitors for good. The order, and why:
 *
 * 1. `ledger`: R2's erasure ledger first, outside D1 and the objects. Whatever happens from here on, a restore re-applies it.
 * 2. `count`: what there is, for the receipt; afterwards nobody could tell. And what D1 can't be searched for by visitor.
 * 3. `objects`: the person objects, where events come in. They leave a tomb: nothing is accepted any more, and what waited
 *    to land is gone. They tell D1 and whoever else names the visitor, as work of their own.
 * 4. `keys`: the visitors' keys. From here on nothing sealed can be read, wherever a copy of it is. Not earlier: a batch
 *    under way would fail instead of being told that the visitor is erased.
 * 5. `database`: D1 lands a tombstone and loses the rows in one transaction. The objects would do it too; done here as
 *    well, it is known to be done. Then wait until the objects have nothing left to tell. What officers blocked of theirs, and
 *    nobody else says, stays blocked by its keyed name alone.
 * 6. `files`: those for the site's warehouse are rewritten without them. After the tombstones, which whoever writes such a
 *    file at the same moment looks at.
 * 7. `mentions`: requests about the same visitors name them by a keyed name.
 * 8. `close`: this request too, and the index keys it kept for the way go.
 *
 * Each step may be repeated, and the next one to do stands in R2: killed anywhere, it goes on there, by cron or when
 * somebody looks at the request.
 */
import { countDeviceRows } from "../d1/devices.ts";
import { countHeld } from "../d1/held.ts";
import { countMatched } from "../d1/matching.ts";
import { createLedger } from "../d1/ledger.ts";
import { dayOf, isVisitorId, type MergeId, type Millis, type VisitorId } from "../domain/ids.ts";
import type { HeldVisitor } from "../domain/person/calls.ts";
import { daysOf } from "../domain/slice/slice.ts";
import { removeFromExports } from "../out/exports.ts";
import { removeFromFiles } from "../out/forget.ts";
import { turned } from "../out/in-turn.ts";
import { forgetBlockedOf } from "./blocked.ts";
import { renameInRequests } from "./mentions.ts";
import type { PrivacyPorts } from "./ports.ts";
import {
  closeRequest,
  closeUnwritten,
  createRequest,
  type KnownRows,
  loadRequest,
  type NewRequest,
  openRequests,
  type Removed,
  saveRequest,
  type Step,
  STEPS,
  type StoredRequest,
} from "./requests.ts";

/** After so many failures an erasure is shown as failed; it is still tried again. */
const FAILURES_SHOWN = 20;
/** Pauses before looking again whether the objects are done, in milliseconds: what is left after that is for the next run. */
const PAUSES = [5, 10, 20, 40, 80, 160, 320, 640, 1_000] as const;

/** Erases whom the scope covers, as far as it gets now. */
export async function eraseScope(
  ports: PrivacyPorts,
  request: Omit<NewRequest, "kind">,
  now: Millis,
): Promise<StoredRequest> {
  const made = await createRequest(ports, { ...request, kind: "erase" }, now);
  return (await continueErasure(ports, made.id, now)) ?? made;
}

/**
 * Goes on with an erasure where it stands. Null when there is no such request. A step that fails is written down to be
 * tried again.
 * @throws Error when R2, where the request is, can't be reached.
 */
export async function continueErasure(
  ports: PrivacyPorts,
  id: string,
  now: Millis,
): Promise<StoredRequest | null> {
  for (;;) {
    const version = await loadRequest(ports, id);
    if (!version) return null;
    const { request, etag } = version;
    const { erasure } = request;
    if (!erasure) return request;
    if (request.state === "done") {
      await closeRequest(ports, id);
      return request;
    }
    const next = await takeStep(ports, request, erasure.step, now);
    const saved = await saveRequest(ports, next, etag);
    if (saved && next.erasure?.failures !== 0) return next;
  }
}

/** Erasures looked through for those whose turn it is. */
const OPEN_MOST = 1_000;

/** One at which runs are cut off keeps no other waiting. @returns how many were gone on with. */
export async function continueErasures(
  ports: PrivacyPorts,
  now: Millis,
  limit = 50,
): Promise<number> {
  const ids = turned(await openRequests(ports, OPEN_MOST), now).slice(0, limit);
  // One whose request was never written: whoever asked was told so, and has asked again.
  for (const id of ids)
    if ((await continueErasure(ports, id, now)) === null) await closeUnwritten(ports, id);
  return ids.length;
}

type Changes = Partial<Pick<KnownErasure, "known" | "removed">>;
type KnownErasure = NonNullable<StoredRequest["erasure"]>;

async function takeStep(
  ports: PrivacyPorts,
  request: StoredRequest,
  step: Step,
  now: Millis,
): Promise<StoredRequest> {
  const erasure = request.erasure as KnownErasure;
  try {
    if (step === "close") return await closed(ports, request, now);
    const changes = (await DO[step](ports, request, erasure)) ?? {};
    const next = STEPS[STEPS.indexOf(step) + 1] ?? "close";
    return { ...request, erasure: { ...erasure, ...changes, step: next, failures: 0 } };
  } catch (error) {
    const failures = erasure.failures + 1;
    console.warn(
      JSON.stringify({
        message: "an erasure couldn't go on, it will be tried again",
        step,
        error: error instanceof Error ? error.name : "unknown",
      }),
    );
    const state = failures >= FAILURES_SHOWN ? "failed" : "running";
    return { ...request, state, erasure: { ...erasure, failures } };
  }
}

type Do = (
  ports: PrivacyPorts,
  request: StoredRequest,
  erasure: KnownErasure,
) => Promise<Changes | void>;

/** Those not yet called by another name, should another erasure have been faster. */
const visitorsOf = ({ visitors }: StoredRequest): VisitorId[] => visitors.filter(isVisitorId);

const DO: Record<Exclude<Step, "close">, Do> = {
  async ledger({ erasures }, request) {
    for (const visitor of visitorsOf(request)) await erasures.record({ visitor, at: request.at });
  },

  async count(ports, request) {
    return countScope(ports, visitorsOf(request));
  },

  async objects({ people }, request) {
    const visitors = visitorsOf(request);
    for (const visitor of visitors) await people.erase(visitor, request.at, visitors);
  },

  async keys({ vault }, request) {
    for (const visitor of visitorsOf(request)) await vault.destroy(visitor);
  },

  async database(ports, request, { known }) {
    const { db, identifiers } = ports;
    await createLedger(db, identifiers.stubs).land({
      events: [],
      receipts: [],
      hints: [],
      merges: [],
      person: null,
      gone: null,
      erased: known.map(({ visitor, identifiers: said, merges }) => ({
        visitor,
        at: request.at,
        identifiers: said,
        days: [],
        merges,
      })),
    });
    for (const visitor of visitorsOf(request)) await untilGone(ports, visitor, request.at);
    await forgetBlockedOf(
      ports,
      known.flatMap(({ identifiers: said }) => said),
    );
  },

  async files({ exports, bucket }, request, { known }) {
    const days = new Map(known.map(({ visitor, days: has }) => [visitor, has]));
    for (const visitor of visitorsOf(request))
      await removeFromFiles(exports, [visitor], days.get(visitor) ?? null);
    await removeFromExports(bucket, visitorsOf(request));
  },

  async mentions(ports, request) {
    for (const visitor of visitorsOf(request)) await renameInRequests(ports, visitor, request.id);
  },
};

/** What there is of these visitors, by store: what an erasure would remove. And what D1 can't be searched for by visitor. */
export async function countScope(
  ports: PrivacyPorts,
  visitors: readonly VisitorId[],
): Promise<{ known: KnownRows[]; removed: Removed }> {
  const held = await holdingsOf(ports, visitors);
  const known = held.map(knownRows);
  const keys = await Promise.all(visitors.map((visitor) => ports.vault.open(visitor)));
  const database = await countHeld(ports.db, {
    visitors,
    claims: known.flatMap(({ visitor, identifiers }) =>
      identifiers.map((identifier): [typeof identifier, VisitorId] => [identifier, visitor]),
    ),
    merges: known.flatMap(({ merges }) => merges),
  });
  const matched = await countMatched(ports.db, visitors);
  const devices = await countDeviceRows(ports.db, visitors);
  const objects = countObjects(held);
  return {
    known,
    removed: {
      objects,
      database: { ...database, ...matched, devices },
      keys: keys.filter(Boolean).length,
    },
  };
}

async function closed(
  ports: PrivacyPorts,
  request: StoredRequest,
  now: Millis,
): Promise<StoredRequest> {
  const visitors = await Promise.all(
    request.visitors.map((visitor) =>
      isVisitorId(visitor) ? ports.identifiers.stubs.name(visitor) : visitor,
    ),
  );
  const erasure = { ...(request.erasure as KnownErasure), known: [], failures: 0 };
  return { ...request, visitors, erasure, state: "done", doneAt: now };
}

/** @throws Error when an object still has something to tell to others. */
async function untilGone({ people }: PrivacyPorts, visitor: VisitorId, at: Millis): Promise<void> {
  for (const pause of PAUSES) {
    if ((await people.erase(visitor, at)).at === "erased") return;
    await scheduler.wait(pause);
  }
  throw new Error("the person's object hasn't told everybody yet");
}

async function holdingsOf(
  { people }: PrivacyPorts,
  visitors: readonly VisitorId[],
): Promise<HeldVisitor[]> {
  const held: HeldVisitor[] = [];
  for (const id of visitors) {
    const answer = await people.holdings(id);
    if (answer.at === "home") held.push(...answer.value.visitors.filter((each) => each.id === id));
  }
  return held;
}

function knownRows({ id, claims, edges, undone, history, slice }: HeldVisitor): KnownRows {
  return {
    days: daysOf(slice),
    visitor: id,
    identifiers: claims.map(({ key }) => key),
    merges: [
      ...[...edges, ...undone].map((edge): KnownRows["merges"][number] => [
        dayOf(edge.at),
        edge.id,
      ]),
      ...undone.map((edge): KnownRows["merges"][number] => [dayOf(edge.undone.at), edge.id]),
      ...history.map(({ at, id: entry }): KnownRows["merges"][number] => [
        dayOf(at),
        entry as MergeId,
      ]),
    ],
  };
}

const countObjects = (visitors: readonly HeldVisitor[]): Removed["objects"] => ({
  visitors: visitors.length,
  days: sum(visitors.map(({ slice }) => daysOf(slice).length)),
  identifiers: sum(visitors.map(({ claims }) => claims.length)),
  traits: sum(visitors.map(({ traits }) => traits.length)),
  hints: sum(visitors.map(({ hints }) => hints.length)),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
