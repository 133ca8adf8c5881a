/**
 * A site with Usher behind it: the collector's own entries for browsers, servers and imports, over the real person objects.
 * Calls come one after another, so that a seed is one history; crashes and races are the other simulation's (../world.ts).
 */
import { createHash } from "node:crypto";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKind } from "../../../src/domain/identity/claims.ts";
import type { IdentifierKey, PersonId, VisitorId } from "../../../src/domain/ids.ts";
import { shortId } from "../../../src/domain/ids.ts";
import { normalise } from "../../../src/domain/intake/normalise.ts";
import type { Drops } from "../../../src/http/collect/services.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { People } from "../../../src/domain/person/people.ts";
import type { Random } from "../../../src/domain/learning/random.ts";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { collectFromBrowser } from "../../../src/http/collect/browser.ts";
import { collectFromServer } from "../../../src/http/collect/server.ts";
import type { Services } from "../../../src/http/collect/services.ts";
import { type Env, readConfig } from "../../../src/env.ts";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";
import { createPeople, type PersonObjects } from "../../../src/person/gateway.ts";
import { PersonObject } from "../../../src/person/object.ts";
import type { PersonPorts } from "../../../src/person/ports.ts";
import { testBindings } from "../../support/bindings.ts";
import { MemoryStorage, memoryD1 } from "./runtime.ts";

const nothing = (): void => undefined;
const UNCOUNTED: Drops = {
  add: nothing,
  choice: nothing,
  page: nothing,
  clock: nothing,
  junk: nothing,
  token: nothing,
  refused: nothing,
  failure: nothing,
};

/** One browser profile: what it sends as cookies and is set by answers. */
export interface Browser {
  cookies: Map<string, string>;
  anonymousId: string;
  userAgent: string;
  network: string;
}

class SimulatedPerson extends PersonObject<PersonPorts> {
  protected get ports(): PersonPorts {
    return this.env;
  }
}

interface Home {
  object: SimulatedPerson;
  storage: MemoryStorage;
}

const ORIGIN = "http://localhost:8787";
/** Alarms that ring before things are quiet; more is a circle. */
const RINGS_MAX = 10_000;

export class Site {
  readonly people: People;
  readonly db = memoryD1();
  private readonly homes = new Map<PersonId, Home>();
  /** Objects that have something to do at once, and those whose outbox waits. */
  private readonly woken = new Set<PersonId>();
  private readonly ports: PersonPorts;
  private readonly services: Omit<Services, "now">;

  constructor(random: Random) {
    const config = readConfig({
      ...testBindings,
      DB: this.db,
      PERSON: {},
      KEYS: {},
    } as unknown as Env);
    const identifiers = createIdentifierKeys(config.identifierKey);
    const index = createIdentifierIndex(this.db);
    const objects = ((home: PersonId) => this.home(home).object) as unknown as PersonObjects;
    const rules = (): Promise<typeof DEFAULT_MERGE_RULES> => Promise.resolve(DEFAULT_MERGE_RULES);
    this.people = createPeople(objects);
    const ports = {
      index,
      ledger: createLedger(this.db, identifiers.stubs),
      // What is sealed plays no part in who is one with whom.
      sealer: {
        seal: (_visitor: VisitorId, texts: readonly string[]) => Promise.resolve([...texts]),
        reseal: (_visitor: VisitorId, texts: readonly string[]) => Promise.resolve([...texts]),
      },
      digest: (_visitor: VisitorId, text: string) => Promise.resolve(text),
      objects,
      patience: 0,
      names: {
        short: () => shortId(Uint8Array.from({ length: 8 }, () => Math.floor(random() * 256))),
      },
      rules,
      retention: () => Promise.resolve(null),
      sha256: (text: string) => Promise.resolve(createHash("sha256").update(text).digest("hex")),
      random,
      withdrawn: () => Promise.reject(new Error("no policy erases here")),
      log: (message: string, fields: Record<string, string | number>) => {
        throw new Error(`${message} ${JSON.stringify(fields)}`);
      },
    } satisfies PersonPorts;
    this.ports = ports;
    this.services = {
      config,
      db: this.db,
      people: this.people,
      index,
      identifiers,
      policy: () => Promise.resolve(DEFAULT_POLICY),
      mergeRules: rules,
      waitUntil: () => undefined,
      drops: UNCOUNTED,
      limiter: null,
      live: null,
    } as unknown as Omit<Services, "now">;
  }

  private home(id: PersonId): Home {
    this.woken.add(id);
    const known = this.homes.get(id);
    if (known) return known;
    const storage = new MemoryStorage();
    const state = { id: { name: id }, storage } as unknown as DurableObjectState;
    const home = { object: new SimulatedPerson(state, this.ports), storage };
    this.homes.set(id, home);
    return home;
  }

  /** Gives the visitor that it was recorded for. */
  async browse(
    browser: Browser,
    now: number,
    messages: readonly JsonObject[],
  ): Promise<VisitorId | null> {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request(`${ORIGIN}/_u/v1/batch`, {
      headers: {
        "user-agent": browser.userAgent,
        "cf-connecting-ip": browser.network,
        ...(cookie === "" ? {} : { cookie }),
      },
    });
    const { cookies } = await collectFromBrowser(
      request,
      { ...this.services, now },
      messages.map((message) => ({ anonymousId: browser.anonymousId, ...message })),
      {
        kind: "browser",
        assurance: "asserted",
        userAgent: browser.userAgent,
        hints: {},
        sentAt: null,
      },
    );
    for (const set of cookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === "") browser.cookies.delete(name);
      else browser.cookies.set(name, value);
    }
    return (browser.cookies.get("usher")?.split(".")[1] as VisitorId | undefined) ?? null;
  }

  async serve(now: number, messages: readonly JsonObject[]): Promise<void> {
    await collectFromServer({ ...this.services, now }, messages, {
      kind: "server",
      assurance: "verified",
      userAgent: "",
      hints: {},
      sentAt: null,
    });
  }

  keyOf(kind: IdentifierKind, value: string): Promise<IdentifierKey> {
    return this.services.identifiers.key(kind, normalise(kind, value) ?? value);
  }

  /** The record of what the site's server says of a user. */
  sourceOf(userId: string): Promise<VisitorId> {
    return this.services.identifiers.sourceVisitor("user_id", userId);
  }

  /** Rings every alarm until nobody has anything left to do. */
  async settle(): Promise<void> {
    for (let rings = 0; this.woken.size > 0; rings++) {
      if (rings > RINGS_MAX) throw new Error("the objects never come to rest");
      const [id] = this.woken;
      if (id === undefined) return;
      this.woken.delete(id);
      const home = this.homes.get(id);
      if (!home || home.storage.alarmAt === null) continue;
      home.storage.alarmAt = null;
      await home.object.alarm();
      // What is left over, such as a move that found its target busy, rings again after the others.
      if (home.storage.alarmAt !== null) this.woken.add(id);
    }
  }
}
