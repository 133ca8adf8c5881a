/** What the API's and the console's tests share: a context over real D1 and R2, and people that are plain data. */
import { env } from "cloudflare:workers";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import type { Assurance, Claim, IdentifierKind } from "../../../src/domain/identity/claims.ts";
import { components, type Edge } from "../../../src/domain/identity/evidence.ts";
import type { HistoryEntry } from "../../../src/domain/identity/history.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { UNUSED } from "../../../src/domain/identity/sharing.ts";
import type { MergeId, Millis, PersonId, VisitorId } from "../../../src/domain/ids.ts";
import type { PersonView, VisitorView } from "../../../src/domain/person/calls.ts";
import type { NextRequest, People } from "../../../src/domain/person/people.ts";
import { foldEvents } from "../../../src/domain/slice/slice.ts";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import type { Call, Config, Context, Route } from "../../../src/http/context.ts";
import { failure } from "../../../src/http/respond.ts";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";
import { createErasureLedger } from "../../../src/keys/ledger.ts";
import { createSealer } from "../../../src/keys/sealer.ts";
import { createKeyVault } from "../../../src/keys/vault.ts";
import { NOON } from "../d1/books.ts";

const secret = new TextEncoder().encode("identifier-key-for-tests-0000001");

export const config: Config = {
  production: false,
  writeKey: "write",
  siteOrigins: ["https://www.example.org"],
  siteName: "Test club",
  jurisdiction: "",
  cookieKeys: [],
  tokenKeys: [],
  identifierKey: secret,
  serverKey: "server",
  ownerToken: "the-owner",
  officerToken: "the-officer",
  marketerToken: "the-marketer",
};

export const identifiers = createIdentifierKeys(secret);
const vault = createKeyVault(env.KEYS);
export const sealer = createSealer(vault);
export const index = createIdentifierIndex(env.DB);

/** Persons as the objects would keep them; moves take a few looks, as they do there. */
export class Village implements People {
  readonly visitors = new Map<VisitorId, VisitorView>();
  edges: Edge[] = [];
  undone: PersonView["undone"] = [];
  pending: PersonView["pending"] = [];
  readonly erased = new Set<VisitorId>();
  readonly asked: NextRequest[] = [];
  /** `<visitor> <action>` that went out. */
  readonly marked: string[] = [];
  /** Looks until what was begun shows. */
  slow = 2;
  /** How often an undo finds the person moving. */
  busy = 0;
  /** What was decided beside merges and undos. */
  readonly decided: { visitor: VisitorId; entry: HistoryEntry }[] = [];
  private begun: { looks: number; finish: () => void } | null = null;

  person(id: VisitorId): PersonView | null {
    if (!this.visitors.has(id)) return null;
    const age = (a: VisitorId, b: VisitorId): number =>
      (this.visitors.get(a)?.created ?? 0) - (this.visitors.get(b)?.created ?? 0) ||
      (a < b ? -1 : 1);
    const group = components(this.visitors.keys(), this.edges, age).find((ids) => ids.includes(id));
    const here = new Set(group);
    return {
      id: group?.[0] as PersonId,
      visitors: (group ?? []).map((each) => this.visitors.get(each) as VisitorView),
      edges: this.edges.filter((edge) => here.has(edge.a) && here.has(edge.b)),
      undone: this.undone.filter((edge) => here.has(edge.a) || here.has(edge.b)),
      pending: this.pending.filter(({ visitor }) => here.has(visitor)),
      history: this.decided.flatMap(({ visitor, entry }) => (here.has(visitor) ? [entry] : [])),
    };
  }

  private later(finish: () => void): void {
    this.begun = { looks: this.slow, finish };
  }

  private look(): void {
    if (!this.begun || --this.begun.looks > 0) return;
    this.begun.finish();
    this.begun = null;
  }

  private home<T>(id: VisitorId, value: (person: PersonView) => T) {
    const person = this.person(id);
    if (this.erased.has(id)) return { at: "erased" as const, since: NOON };
    if (!person) return { at: "unknown" as const };
    return { at: "home" as const, home: person.id, value: value(person) };
  }

  record: People["record"] = async () => ({ at: "unknown" });
  decide: People["decide"] = async () => ({ at: "unknown" });
  decision: People["decision"] = async () => null;
  lapse: People["lapse"] = async () => ({ at: "unknown" });
  standing: People["standing"] = async (visitor) =>
    this.home(visitor, () => ({
      decision: this.visitors.get(visitor)?.decision ?? null,
      retired: this.visitors.get(visitor)?.retired ?? false,
    }));
  outcome: People["outcome"] = async () => ({ at: "unknown" });
  view: People["view"] = async (visitor) => {
    this.look();
    return this.home(visitor, (person) => person);
  };
  holdings: People["holdings"] = async () => ({ at: "unknown" });
  heads: People["heads"] = async () => ({ at: "unknown" });
  next: People["next"] = async (request) => {
    this.asked.push(request);
    const action = request.catalogue.actions[0] ?? null;
    const why = ["uses a phone with iOS"];
    return this.home(request.visitor, () => ({
      action,
      hint: null,
      stage: "person" as const,
      confidence: 0.5,
      why,
      meter: null,
    }));
  };
  sent: People["sent"] = async ({ visitor, actions }) => {
    this.marked.push(...actions.map(({ id }) => `${visitor} ${id}`));
    return this.home(visitor, () => true as const);
  };
  fitting: People["fitting"] = async ({ visitor }) =>
    this.home(visitor, ({ visitors }) => ({
      visitor,
      trusted: visitors.map(({ id }) => id),
      stage: "device" as const,
      segment: null,
      fits: [],
    }));
  amend: People["amend"] = async (visitor, amendment) => {
    if (amendment.do === "separate" || amendment.do === "unseparate") {
      const { entry } = amendment;
      const others = amendment.do === "separate" ? [amendment.from] : amendment.from;
      const take = (id: VisitorId, about: readonly VisitorId[]): void => {
        const view = this.visitors.get(id);
        if (!view) return;
        const rest = view.separate.filter((each) => !about.includes(each));
        view.separate = amendment.do === "separate" ? [...rest, ...about] : rest;
        this.decided.push({ visitor: id, entry });
      };
      take(visitor, others);
      // Its object tells the others'.
      this.later(() => others.forEach((other) => take(other, [visitor])));
    }
    return this.home(visitor, () => true as const);
  };
  link: People["link"] = async ({ visitor, with: other, command, by, force, now }) => {
    this.later(() => {
      this.edges.push({
        id: `${visitor}.${"c".repeat(12)}` as MergeId,
        a: visitor,
        b: other,
        evidence: { kind: "command", id: command, by, force },
        at: now,
        by,
        because: `${by} decided that they are one person`,
        rules: 1,
        finder: visitor,
      });
    });
    return this.home(visitor, () => ({ queued: true }));
  };
  undo: People["undo"] = async ({ visitor, merge, by, now }) => {
    if (this.busy-- > 0) return this.home(visitor, () => ({ done: false, why: "busy" }) as const);
    const edge = this.edges.find(({ id }) => id === merge);
    if (!edge) return this.home(visitor, () => ({ done: false, why: "gone" }) as const);
    this.later(() => {
      this.edges = this.edges.filter((each) => each !== edge);
      this.undone.push({ ...edge, undone: { at: now, by } });
    });
    return this.home(
      visitor,
      () => ({ done: true, sides: [[edge.a], [edge.b]] }) as const,
    ) as never;
  };
  erase: People["erase"] = async (visitor) => {
    const answer = this.home(visitor, (person) => ({
      claims: person.visitors.flatMap(({ id, claims }) =>
        id === visitor ? claims.map(({ key }) => key) : [],
      ),
    }));
    this.visitors.delete(visitor);
    this.edges = this.edges.filter((edge) => edge.a !== visitor && edge.b !== visitor);
    this.erased.add(visitor);
    return answer;
  };
}

export interface Told {
  created?: Millis;
  events?: UsherEvent[];
  says?: [IdentifierKind, string, Assurance, Claim["state"]?][];
  separate?: VisitorId[];
  traits?: Record<string, string>;
}

/** Adds a visitor with its claims sealed and in the index. */
export async function settle(
  village: Village,
  id: VisitorId,
  told: Told = {},
): Promise<VisitorView> {
  const claims = await Promise.all(
    (told.says ?? []).map(async ([kind, value, assurance, state = "settled"]): Promise<Claim> => {
      const key = await identifiers.key(kind, value);
      const [sealed] = await sealer.seal(id, [value]);
      await index.claim(key, id, told.created ?? NOON);
      const reason = state === "refused" ? { reason: "unique" } : {};
      return { key, kind, assurance, at: NOON, state, sealed: sealed ?? "", ...reason };
    }),
  );
  const traits = told.traits ? await sealer.seal(id, [JSON.stringify(told.traits)]) : [];
  const visitor: VisitorView = {
    id,
    created: told.created ?? NOON,
    origin: "browser",
    claims,
    slice: foldEvents({}, told.events ?? []),
    decision: null,
    retired: false,
    separate: told.separate ?? [],
    severed: {},
    device: UNUSED,
    permissions: {},
    traits: traits.map((sealed) => ({ at: NOON, id: "m", sealed })),
    waiting: 0,
  };
  village.visitors.set(id, visitor);
  return visitor;
}

export const joined = (a: VisitorId, b: VisitorId, name = "aaaaaaaaaaaa"): Edge => ({
  id: `${a}.${name}` as MergeId,
  a,
  b,
  evidence: { kind: "claim", identifier: `email:${"0".repeat(22)}` as never },
  at: NOON + 1_000,
  by: "policy",
  because: "both said the same e-mail address",
  rules: 1,
  finder: a,
});

export function contextOf(people: People, more: Partial<Context> = {}): Context {
  return {
    config,
    db: env.DB,
    bucket: env.KEYS,
    people,
    settled: async () => undefined,
    index,
    identifiers,
    vault,
    sealer,
    erasures: createErasureLedger(env.KEYS, identifiers.tombstone),
    policy: async () => DEFAULT_POLICY,
    catalogue: async () => STARTER_CATALOGUE,
    learned: async () => null,
    mergeRules: async () => DEFAULT_MERGE_RULES,
    now: NOON + 60_000,
    waitUntil: () => undefined,
    ...more,
  };
}

/** Finds the route as the router would and turns problems into answers as it does. */
export async function send(
  routes: readonly Route[],
  context: Context,
  request: Request,
): Promise<Response> {
  const path = new URL(request.url).pathname;
  for (const [method, pattern, handler] of routes) {
    const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => name ?? "");
    const found = new RegExp(
      `^${pattern.replaceAll(".", "\\.").replaceAll(/:\w+/g, "([^/]+)")}$`,
    ).exec(path);
    if (method !== request.method || !found) continue;
    const params = Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""]));
    const call: Call = Object.assign(request, { params });
    return handler(call, context).catch(failure);
  }
  return new Response("no route", { status: 404 });
}
