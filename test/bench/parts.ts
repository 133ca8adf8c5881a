/**
 * Microseconds of each part of a warm single event, in Node: the clock stands still inside workerd. The best of several
 * rounds, so that a pause of the machine doesn't count. `store` is what writing the visitor's document costs, by the number of
 * events that wait in it; `asText` the same with each waiting event held as the text that D1 gets.
 *
 *     parts [--rounds 40]
 */
import { parseArgs } from "node:util";
import { deserialize, serialize } from "node:v8";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { decideSafely } from "../../src/domain/consent/gate.ts";
import { readContextConsent } from "../../src/domain/consent/signals/cmp.ts";
import { NO_SIGNALS } from "../../src/domain/consent/signals/types.ts";
import { STARTER_CATALOGUE } from "../../src/domain/action/starter.ts";
import { DEFAULT_MERGE_RULES } from "../../src/domain/identity/rules.ts";
import type { UsherEvent } from "../../src/domain/event.ts";
import type { PersonId, VisitorId } from "../../src/domain/ids.ts";
import { isObject, type JsonObject } from "../../src/domain/json.ts";
import { openEnvelope } from "../../src/domain/intake/envelope.ts";
import { parseJson } from "../../src/domain/intake/parse.ts";
import type { Sender } from "../../src/domain/intake/sender.ts";
import { take } from "../../src/domain/intake/take.ts";
import { sameSecret } from "../../src/http/secrets.ts";
import { verify } from "../../src/http/mac.ts";
import { createIdentifierKeys } from "../../src/keys/identifiers.ts";
import { advise } from "../../src/person/advise.ts";
import { newVisitor, type VisitorDoc } from "../../src/person/documents.ts";
import { Host } from "../../src/person/host.ts";
import { record } from "../../src/person/record.ts";
import type { Store } from "../../src/person/store.ts";
import { recordOf } from "../support/records.ts";
import { fromBrowser, MEASUREMENT, message, withKey } from "./messages.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const VISITOR = "aaaaaaaaaaaaaaaaaaaaaaaaaa" as VisitorId;
const CALLS = 200;

/** Microseconds of one call. */
async function microseconds(rounds: number, call: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    for (let n = 0; n < CALLS; n++) await call();
    best = Math.min(best, ((performance.now() - from) * 1_000) / CALLS);
  }
  return Math.round(best * 100) / 100;
}

/** Serialises like the platform's own store, and keeps nothing. */
const store = (write: (value: unknown) => void): Store => ({
  get: () => undefined,
  put: (_, value) => write(value),
  delete: () => true,
  list: () => [],
});

interface Held {
  doc: VisitorDoc;
  host: Host;
}

let names = 0;
const NAMES = { short: (): string => `name${names++}` };

function visitorWith(events: number, write: (value: unknown) => void): Held {
  const host = new Host(VISITOR as unknown as PersonId, store(write), (run) => run(), NAMES);
  const doc = newVisitor(VISITOR, NOW, "browser");
  host.transact((tx) => tx.addVisitor(doc));
  for (let n = 0; n < events; n++) recordOne({ doc, host }, eventNumber(n));
  return { doc, host };
}

const eventNumber = (n: number): UsherEvent => {
  const taken = take(message("v1", n) as JsonObject, SENDER, NOW, () => "");
  if (!taken.ok) throw new Error(taken.reason);
  return { ...taken.message.draft, purposes: ["measurement"], policy: 1 };
};

const recordOne = ({ doc, host }: Held, event: UsherEvent): unknown =>
  host.transact((tx) => record(tx, doc, recordOf(event, NOW), DEFAULT_MERGE_RULES));

const SENDER: Sender = {
  kind: "browser",
  assurance: "asserted",
  userAgent: fromBrowser({}, "").headers["user-agent"] ?? "",
  hints: {},
  sentAt: null,
};

export interface Parts {
  microseconds: Record<string, number>;
  bytes: Record<string, number>;
}

export const run = async (args: string[]): Promise<Parts> => {
  const { values } = parseArgs({ args, options: { rounds: { type: "string" } } });
  const rounds = Number(values.rounds ?? 40);
  const found: Record<string, number> = {};
  const bytes: Record<string, number> = {};
  const time = async (name: string, call: () => unknown): Promise<void> => {
    found[name] = await microseconds(rounds, call);
  };

  const body = new TextEncoder().encode(JSON.stringify(withKey(message("v1", 1))));
  const json = parseJson(body);
  await time("parse: bytes to JSON within bounds", () => parseJson(body));
  await time(
    "parse: plain JSON.parse",
    () => JSON.parse(new TextDecoder().decode(body)) as unknown,
  );
  await time("envelope", () => openEnvelope(json, body.length, "track"));
  const raw = isObject(json) ? json : {};
  await time("take", () => take(raw, SENDER, NOW, () => ""));
  const context = message("v1", 1, MEASUREMENT)["context"] as JsonObject;
  await time("consent: read what is carried", () => readContextConsent(context));
  const carried = readContextConsent(context);
  await time("consent: decide", () =>
    decideSafely({
      policy: DEFAULT_POLICY,
      region: null,
      browser: false,
      signals: NO_SIGNALS,
      choice: null,
      carried,
      subject: { child: false, erased: false },
      now: NOW,
    }),
  );
  await time("key: compare two secrets", () => sameSecret("test-write-key", "test-server-key"));
  const secret = new Uint8Array(32).fill(7);
  const identifiers = createIdentifierKeys(secret);
  await time("identifier: HMAC of one", () => identifiers.key("anonymous_id", "v1"));
  await time("cookie: verify its MAC", () =>
    verify([{ kid: "k1", secret }], "visitor", `1.${VISITOR}..abc`, `k1.${"A".repeat(43)}`),
  );

  for (const waiting of [0, 1, 5, 20, 60]) {
    const held = visitorWith(waiting, () => undefined);
    const copy = structuredClone(held.doc);
    const event = eventNumber(waiting + 1_000);
    await time(`record, ${waiting} waiting`, () => {
      Object.assign(held.doc, {
        seen: [...copy.seen],
        pending: [...copy.pending],
        slice: copy.slice,
        today: copy.today,
      });
      recordOne(held, event);
    });
    const doc = copy;
    await time(`store, ${waiting} waiting`, () => serialize(doc));
    bytes[`store, ${waiting} waiting`] = serialize(doc).length;
    const lean = { ...doc, pending: doc.pending.map((entry) => JSON.stringify(entry)) };
    await time(`store asText, ${waiting} waiting`, () => serialize(lean));
    bytes[`store asText, ${waiting} waiting`] = serialize(lean).length;
    const stored = serialize(doc);
    await time(`read on waking, ${waiting} waiting`, () => deserialize(stored) as unknown);
  }

  const { doc, host } = visitorWith(5, () => undefined);
  await time("next action", () =>
    host.read((tx) =>
      advise(
        tx,
        doc,
        {
          visitor: VISITOR,
          slot: "banner",
          now: NOW,
          give: false,
          catalogue: STARTER_CATALOGUE,
          learned: null,
        },
        Math.random,
        NAMES,
      ),
    ),
  );
  return { microseconds: found, bytes };
};

if (import.meta.main)
  process.stdout.write(`${JSON.stringify(await run(process.argv.slice(2)), null, 1)}\n`);
