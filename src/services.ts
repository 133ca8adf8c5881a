/** Puts the rooms together for one request, or for one object. */
import { type Bring, createCarrier, emptyHeld, type Held } from "./carrier.ts";
import { createIdentifierIndex } from "./d1/identifiers.ts";
import { createLedger } from "./d1/ledger.ts";
import { shortId } from "./domain/ids.ts";
import { retentionOf } from "./domain/retention.ts";
import type { NightlyPorts } from "./cron.ts";
import { type Env, readConfig } from "./env.ts";
import type { Services } from "./http/collect/services.ts";
import { version } from "../dist/assets.ts";
import { countDrops } from "./http/collect/drops.ts";
import { readCollector } from "./out/metrics.ts";
import { isLocal } from "./http/address.ts";
import { catalogues, learning, mergeRules, policies } from "./http/documents.ts";
import { sha256 } from "./http/secrets.ts";
import { createIdentifierKeys, type IdentifierKeys } from "./keys/identifiers.ts";
import { createErasureLedger } from "./keys/ledger.ts";
import { landParcels } from "./landing.ts";
import { createSealer } from "./keys/sealer.ts";
import { createKeyVault } from "./keys/vault.ts";
import { createPeople, personObjects } from "./person/gateway.ts";
import type { PersonPorts } from "./person/ports.ts";
import { type consume, QUEUE_PATIENCE_MS, sendParcels } from "./queue.ts";
import { PATIENCE_MS } from "./person/wakeup.ts";
import type { KeyVault } from "./domain/ports.ts";

interface Long {
  identifiers: IdentifierKeys;
  vault: KeyVault;
  held: Held;
}

/** What is worth keeping for the life of the isolate. */
const kept = new WeakMap<Env, Long>();

function longLived(env: Env): Long {
  const known = kept.get(env);
  if (known) return known;
  const made = {
    identifiers: createIdentifierKeys(readConfig(env).identifierKey),
    vault: createKeyVault(env.KEYS),
    held: emptyHeld(),
  };
  kept.set(env, made);
  return made;
}

/** The ways to what is stored, alike for requests and for cron. */
function stores(env: Env, later: (work: Promise<unknown>) => void) {
  const { identifiers, vault, held } = longLived(env);
  const objects = personObjects(env.PERSON, readConfig(env).jurisdiction);
  const ledger = createLedger(env.DB, identifiers.stubs);
  const direct: Bring = (parcels) => landParcels({ ledger, objects }, parcels);
  const { EVENTS: queue } = env;
  // What the queue has isn't in D1 yet: of that nothing may be forgotten where it came from.
  const bring: Bring = queue
    ? async (parcels) => direct(await sendParcels(queue, parcels))
    : direct;
  return {
    db: env.DB,
    bucket: env.KEYS,
    exports: env.EXPORTS,
    people: createPeople(
      objects,
      createCarrier(held, { bring, later, wait: (ms) => scheduler.wait(ms) }),
    ),
    index: createIdentifierIndex(env.DB),
    identifiers,
    vault,
    sealer: createSealer(vault),
    erasures: createErasureLedger(env.KEYS, identifiers.tombstone),
    policy: () => policies.get(env.DB, later),
    catalogue: () => catalogues.get(env.DB, later),
    learned: () => learning.get(env.DB, later),
  };
}

/** @throws ConfigError */
export function servicesFor(request: Request, env: Env, ctx: ExecutionContext): Services {
  const config = readConfig(env);
  const later = (work: Promise<unknown>): void => ctx.waitUntil(work);
  const now = clockOf(request, config.production);
  return {
    config,
    ...stores(env, later),
    mergeRules: () => mergeRules.get(env.DB, later),
    now,
    waitUntil: later,
    drops: countDrops(env.DB, now, later),
    limiter: env.LIMITER ?? null,
  };
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
    mergeRules: () => mergeRules.get(env.DB, later),
    serverKey: config.serverKey,
    post: (url, init) => fetch(url, init),
    version,
    collector: readCollector(env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_HEADERS),
    sha256,
  };
}

export function personPorts(env: Env, later: (work: Promise<unknown>) => void): PersonPorts {
  const config = readConfig(env);
  const { identifiers, vault } = longLived(env);
  return {
    index: createIdentifierIndex(env.DB),
    ledger: createLedger(env.DB, identifiers.stubs),
    sealer: createSealer(vault),
    objects: personObjects(env.PERSON, config.jurisdiction),
    patience: env.EVENTS ? QUEUE_PATIENCE_MS : PATIENCE_MS,
    names: { short: () => shortId(crypto.getRandomValues(new Uint8Array(8))) },
    rules: () => mergeRules.get(env.DB, later),
    retention: () =>
      policies.get(env.DB, later).then(
        (policy) => retentionOf(policy),
        () => null,
      ),
    digest: identifiers.digest,
    sha256,
    random: () => Math.random(),
    log,
  };
}

/** What the queue's consumer works with. */
export function queuePorts(env: Env): Parameters<typeof consume>[0] {
  const objects = personObjects(env.PERSON, readConfig(env).jurisdiction);
  const ledger = createLedger(env.DB, longLived(env).identifiers.stubs);
  return { objects, ledger, log };
}

const log = (message: string, fields: Record<string, string | number>): void =>
  console.warn(JSON.stringify({ message, ...fields }));
