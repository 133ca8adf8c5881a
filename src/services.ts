/** Puts the rooms together for one request, or for one object. */
import { waitUntil } from "cloudflare:workers";
import { type Bring, createCarrier, emptyHeld, type Held, isUnderWay } from "./carrier.ts";
import { createIdentifierIndex } from "./d1/identifiers.ts";
import { watched } from "./d1/late.ts";
import { createLedger } from "./d1/ledger.ts";
import { ShardedDatabase } from "./d1/shards.ts";
import { shortId } from "./domain/ids.ts";
import { keepingOf } from "./domain/retention.ts";
import type { NightlyPorts } from "./cron.ts";
import { type Env, readConfig, readLayout } from "./env.ts";
import type { Services } from "./http/collect/services.ts";
import type { Config } from "./http/context.ts";
import { version } from "../dist/assets.ts";
import { countDrops } from "./http/collect/drops.ts";
import { readCollector } from "./out/metrics.ts";
import { isLocal } from "./http/address.ts";
import { type Live, liveOf, type LiveStub } from "./http/live.ts";
import { catalogues, learning, mergeRules, policies } from "./http/documents.ts";
import { patientIndex, patientSealer } from "./http/patience.ts";
import { sha256 } from "./http/secrets.ts";
import { createIdentifierKeys, type IdentifierKeys } from "./keys/identifiers.ts";
import { createErasureLedger, type ErasureLedger } from "./keys/ledger.ts";
import { landParcels } from "./landing.ts";
import { createSealer, type Sealer } from "./keys/sealer.ts";
import { createKeyVault } from "./keys/vault.ts";
import { createWaiting, type Waiting } from "./keys/waiting.ts";
import { beginWithdrawn } from "./privacy/withdrawal.ts";
import { createPeople, type PersonObjects, personObjects } from "./person/gateway.ts";
import type { PersonPorts } from "./person/ports.ts";
import { type consume, QUEUE_PATIENCE_MS, sendParcels } from "./queue.ts";
import { PATIENCE_MS } from "./person/wakeup.ts";
import type { IdentifierIndex, KeyVault, Ledger } from "./domain/ports.ts";

/** What is put together once in the life of an isolate. */
interface Long {
  config: Config;
  identifiers: IdentifierKeys;
  vault: KeyVault;
  db: D1Database;
  ledger: Ledger;
  index: IdentifierIndex;
  sealer: Sealer;
  erasures: ErasureLedger;
  waiting: Waiting;
  objects: PersonObjects;
  held: Held;
  bring: Bring;
  settled: () => Promise<void>;
}

const kept = new WeakMap<Env, Long>();

function longLived(env: Env): Long {
  const known = kept.get(env);
  if (known) return known;
  const config = readConfig(env);
  const identifiers = createIdentifierKeys(config.identifierKey);
  const db = databaseOf(env);
  const vault = createKeyVault(env.KEYS);
  const ledger = createLedger(db, identifiers.stubs);
  const objects = personObjects(env.PERSON, config.jurisdiction);
  const held = emptyHeld();
  const made: Long = {
    config,
    identifiers,
    vault,
    db,
    ledger,
    index: createIdentifierIndex(db),
    sealer: createSealer(vault),
    erasures: createErasureLedger(env.KEYS, identifiers.tombstone),
    waiting: createWaiting(env.KEYS),
    objects,
    held,
    bring: bringing(env.EVENTS, (parcels) => landParcels({ ledger, objects }, parcels)),
    settled: async () => {
      // What other isolates hold can't be seen; where there is only this one, it can.
      const isHeld = held.parcels.length > 0 || isUnderWay(held);
      if (isHeld || config.production) await scheduler.wait(SETTLED_MS);
    },
  };
  kept.set(env, made);
  return made;
}

/** What the queue has isn't in D1 yet: of that nothing may be forgotten where it came from. */
const bringing = (queue: Queue | undefined, direct: Bring): Bring =>
  queue ? async (parcels) => direct(await sendParcels(queue, parcels)) : direct;

function databaseOf(env: Env): D1Database {
  const layout = readLayout(env);
  return layout.bound.size === 1 ? env.DB : new ShardedDatabase(layout);
}

/** A little longer than any isolate holds what it was handed (carrier.ts). */
const SETTLED_MS = 1_500;

const wait = (ms: number): Promise<void> => scheduler.wait(ms);

/** The ways to what is stored, alike for requests and for cron. */
function stores(env: Env, later: (work: Promise<unknown>) => void) {
  const { identifiers, vault, db, index, sealer, erasures, objects, held, bring, settled } =
    longLived(env);
  return {
    db,
    bucket: env.KEYS,
    exports: env.EXPORTS,
    people: createPeople(objects, createCarrier(held, { bring, later, wait })),
    index,
    identifiers,
    vault,
    sealer,
    erasures,
    settled,
    policy: () => policies.get(db, later),
    catalogue: () => catalogues.get(db, later),
    learned: () => learning.get(db, later),
    mergeRules: () => mergeRules.get(db, later),
  };
}

/** Work that goes on after the answer to whatever call is under way. */
const afterwards = (work: Promise<unknown>): void => waitUntil(work);

type Shared = Omit<Services, "now" | "drops">;

/** All of a request's services but its clock. They are alike for all requests, so that an isolate puts them together once. */
const shared = new WeakMap<Env, Shared>();

/** @throws ConfigError */
function sharedBy(env: Env): Shared {
  const known = shared.get(env);
  if (known) return known;
  const { config, db } = longLived(env);
  const common = stores(env, afterwards);
  const made: Shared = {
    config,
    ...common,
    index: patientIndex(common.index),
    waitUntil: afterwards,
    // Elsewhere everything comes from one address.
    limiter: (config.production && env.LIMITER) || null,
    live: liveFor(env, db, config.jurisdiction, afterwards),
  };
  shared.set(env, made);
  return made;
}

/** @throws ConfigError */
export function servicesFor(request: Request, env: Env): Services {
  const services = sharedBy(env);
  const now = clockOf(request, services.config.production);
  return { ...services, now, drops: countDrops(services.db, now, afterwards) };
}

/** One object for the whole site. */
function liveFor(
  { LIVE }: Env,
  db: D1Database,
  jurisdiction: string,
  later: (work: Promise<unknown>) => void,
): Live | null {
  if (!LIVE) return null;
  const place = jurisdiction === "eu" ? LIVE.jurisdiction("eu" as DurableObjectJurisdiction) : LIVE;
  return liveOf(db, () => place.get(place.idFromName("site")) as unknown as LiveStub, later);
}

/** In development on localhost a header stands for the clock. */
function clockOf(request: Request, production: boolean): number {
  const said = production ? null : request.headers.get("usher-now");
  const at = said !== null && isLocal(new URL(request.url)) ? Date.parse(said) : Number.NaN;
  return Number.isNaN(at) ? Date.now() : at;
}

/** What cron works with. */
export function nightlyPorts(env: Env, later: (work: Promise<unknown>) => void): NightlyPorts {
  const config = readConfig(env);
  return {
    ...stores(env, later),
    config,
    waitUntil: later,
    serverKey: config.serverKey,
    post: (url, init) => fetch(url, init),
    log,
    version,
    collector: readCollector(env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_HEADERS),
    sha256,
  };
}

export function personPorts(env: Env, later: (work: Promise<unknown>) => void): PersonPorts {
  const { config, identifiers, db, index, ledger, sealer, waiting, objects } = longLived(env);
  return {
    index,
    // Elsewhere a header may stand for the clock, and the past arrives late.
    ledger: config.production
      ? watched(ledger, { db, waiting, later, clock: () => Date.now() })
      : ledger,
    sealer: patientSealer(sealer),
    objects,
    patience: env.EVENTS ? QUEUE_PATIENCE_MS : PATIENCE_MS,
    names: { short: () => shortId(crypto.getRandomValues(new Uint8Array(8))) },
    rules: () => mergeRules.get(db, later),
    retention: (version = 0) =>
      policies
        .get(db, later)
        .then((policy) => {
          if (policy.version >= version) return policy;
          // Whoever calls read a newer one, so it is there.
          policies.forget(db);
          return policies.get(db, later);
        })
        .then(keepingOf, () => null),
    digest: identifiers.digest,
    sha256,
    random: () => Math.random(),
    withdrawn: (visitor, at) => beginWithdrawn(stores(env, later), visitor, at),
    log,
  };
}

/** What the queue's consumer works with. */
export function queuePorts(env: Env): Parameters<typeof consume>[0] {
  const { objects, ledger } = longLived(env);
  return { objects, ledger, log };
}

const log = (message: string, fields: Record<string, string | number>): void =>
  console.warn(JSON.stringify({ message, ...fields }));
