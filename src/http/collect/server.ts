/**
 * Recording what the site's own server sends. Who calls isn't who it is about: the visitor is a source record named by
 * what the message says, and consent is the person's stored decision, else what the call carries, else opt-in.
 */
import { choiceOf } from "../../domain/consent/receipt.ts";
import { decideCarried } from "../../domain/consent/decided-once.ts";
import { allows, decideSafely, type GateResult, whyDenied } from "../../domain/consent/gate.ts";
import { openingsOf } from "../../domain/consent/openings.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { isKnownChild } from "../../domain/consent/child.ts";
import { readContextConsent } from "../../domain/consent/signals/cmp.ts";
import { NO_SIGNALS, type CmpReading } from "../../domain/consent/signals/types.ts";
import type { DropReason } from "../../domain/event.ts";
import type { IdentifierKey, VisitorId } from "../../domain/ids.ts";
import { isObject, type JsonObject } from "../../domain/json.ts";
import type { Message } from "../../domain/intake/message.ts";
import { beforeRest } from "../../domain/intake/order.ts";
import type { Sender } from "../../domain/intake/sender.ts";
import type { KeyedClaim, RecordItem } from "../../domain/person/calls.ts";
import type { PermissionWord } from "../../domain/permission/permission.ts";
import { type ConsentDecision, type Decided, standingAmong } from "../../domain/person/consent.ts";
import { takeNamed } from "../blocked.ts";
import type { Collected, Dropped } from "./answer.ts";
import { goingOn, itemOf, keyed, permissionsOf } from "./items.ts";
import type { Services } from "./services.ts";

/** Persons asked at once: subrequests are limited, and their order matters only within a visitor. */
const AT_ONCE = 32;
/** Of those who say one identifier, as many as may be joined by it: strangers who typed it first hide nobody. */
const CLAIMANTS_ASKED = 100;

interface Said {
  message: Message;
  /** Its place among the call's messages. */
  at: number;
  claims: KeyedClaim[];
  carried: CmpReading;
  visitor: VisitorId;
  child: boolean;
  permissions: PermissionWord[];
  origin: "server" | "import";
}

export async function collectFromServer(
  services: Services,
  messages: readonly JsonObject[],
  sender: Sender,
): Promise<Collected> {
  const policy = await services.policy();
  const dropped: Dropped[] = [];
  const byVisitor = new Map<VisitorId, Said[]>();
  for (const [at, raw] of messages.entries()) {
    const taken = await takeNamed(raw, sender, services, () => crypto.randomUUID());
    if (!taken.ok) {
      dropped.push({ messageId: taken.messageId, reason: taken.reason, at });
      services.drops.add(taken.reason, "server", 1);
      if (taken.reason === "blocked") services.drops.junk(raw, "server");
      continue;
    }
    const message = beforeRest(taken.message, messages.length - 1 - at);
    const said = { ...(await saidBy(message, raw, sender, services, policy)), at };
    const known = byVisitor.get(said.visitor);
    if (known) known.push(said);
    else byVisitor.set(said.visitor, [said]);
  }
  const results: Awaited<ReturnType<typeof recordFor>>[] = [];
  const groups = [...byVisitor.values()];
  for (let from = 0; from < groups.length; from += AT_ONCE)
    results.push(
      ...(await Promise.all(
        groups.slice(from, from + AT_ONCE).map((group) => recordFor(services, policy, group)),
      )),
    );
  for (const result of results)
    for (const drop of result.dropped) {
      dropped.push(drop);
      services.drops.add(drop.reason, "server", 1);
    }
  return {
    accepted: results.reduce((sum, result) => sum + result.accepted, 0),
    dropped,
    because: results.find((result) => result.because)?.because,
    cookies: [],
  };
}

async function saidBy(
  message: Message,
  raw: JsonObject,
  sender: Sender,
  services: Services,
  policy: Policy,
): Promise<Omit<Said, "at">> {
  const context = isObject(raw["context"]) ? raw["context"] : {};
  return {
    message,
    claims: await keyed(message.claims, services),
    carried: readContextConsent(context),
    child: isKnownChild(raw, services.now, policy.childBelow),
    visitor: await sourceOf(message, services),
    permissions: await permissionsOf(message, raw, sender.assurance === "verified", services),
    origin: sender.kind === "import" ? "import" : "server",
  };
}

/** `anonymousId` names the visitor; without one there is one source record per user id, else per first identifier. */
async function sourceOf(message: Message, services: Services): Promise<VisitorId> {
  const { anonymousId, userId, claims } = message;
  if (message.draft.type !== "alias" && anonymousId !== null)
    return services.identifiers.sourceVisitor("anonymous_id", anonymousId);
  if (userId !== null) return services.identifiers.sourceVisitor("user_id", userId);
  const [first] = claims;
  if (first) return services.identifiers.sourceVisitor(first.kind, first.value);
  return services.identifiers.sourceVisitor("anonymous_id", message.draft.id);
}

/** What is still to be recorded, with its place among the call's messages. */
interface Left {
  item: RecordItem;
  at: number;
}

interface Result {
  accepted: number;
  dropped: Dropped[];
  because?: string | undefined;
}

/** One visitor's messages in their order. */
async function recordFor(
  services: Services,
  policy: Policy,
  group: readonly Said[],
): Promise<Result> {
  const visitor = group[0]?.visitor as VisitorId;
  const carried = group.map((said) => decided(policy, said, null, services.now));
  // The object answers alone when it knows the visitor and all it is called: the ordinary case, one hop. It is asked
  // only when what is carried would do, so that nothing is touched for somebody who agreed to nothing.
  let known: ConsentDecision | null = null;
  if (carried.every((result) => allows(policy, result, "events"))) {
    const quick = await record(services, policy, visitor, group, carried, true);
    if (quick && !("stored" in quick)) return quick;
    known = quick?.stored ?? null;
  }
  const stored = known
    ? { decision: known, sure: true }
    : await storedDecision(services, policy, group);
  const results = group.map((said, at) => {
    // What somebody unproved decided doesn't outweigh what the site's own server says.
    const weighs = stored && (stored.sure || said.carried.state === "none");
    return weighs
      ? decided(policy, said, stored.decision, services.now)
      : (carried[at] as GateResult);
  });
  const result = await record(services, policy, visitor, group, results, false);
  return result && !("stored" in result) ? result : { accepted: 0, dropped: [] };
}

const decided = (
  policy: Policy,
  { carried, child }: Said,
  stored: ConsentDecision | null,
  now: number,
): GateResult =>
  stored === null && !child
    ? decideCarried(policy, carried, now)
    : decideSafely({
        policy,
        region: null,
        browser: false,
        signals: NO_SIGNALS,
        choice: stored ? choiceOf(stored, policy.signals.gpc.governs) : null,
        carried,
        subject: { child, erased: false },
        now,
      });

const namesIn = (group: readonly Said[]): IdentifierKey[] => [
  ...new Set(group.flatMap((said) => said.claims.map((claim) => claim.key))),
];

/** What stands for the person named by these identifiers; null when nobody known by them decided. */
async function storedDecision(
  services: Services,
  policy: Policy,
  group: readonly Said[],
): Promise<Decided | null> {
  const claimants = await services.index.claimants(namesIn(group));
  const asked = [...claimants].flatMap(([key, visitors]) =>
    visitors.slice(0, CLAIMANTS_ASKED).map((visitor) => ({ key, visitor })),
  );
  const about = group[0]?.visitor as VisitorId;
  const decided: Decided[] = [];
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const answers = await Promise.all(
      asked
        .slice(from, from + AT_ONCE)
        .map(({ key, visitor }) => services.people.decision(visitor, key, about)),
    );
    for (const each of answers) if (each) decided.push(each);
  }
  return standingAmong(openingsOf(policy), decided);
}

/**
 * A source record's name is made of what it is about, so the same human comes back under the same name. What was said after
 * an erasure, and under a consent of its own, is about somebody new. What doesn't say when it was said may come out of a
 * batch or a queue that was under way.
 */
function isReturn(erased: number, group: readonly Said[]): (item: RecordItem) => boolean {
  const dated = new Set(group.flatMap(({ message }) => (message.dated ? [message.draft.id] : [])));
  return ({ event }) => event.at > erased + (dated.has(event.id) ? 0 : UNDER_WAY_MS);
}

/** How long what was said before an erasure may be under way. */
const UNDER_WAY_MS = 86_400_000;

/**
 * Asked only if the visitor is known: null when it isn't, and the person's stored decision where there is one, for the gate
 * to judge before anything is recorded.
 */
async function record(
  services: Services,
  policy: Policy,
  visitor: VisitorId,
  group: readonly Said[],
  results: readonly GateResult[],
  onlyIfKnown: boolean,
): Promise<Result | { stored: ConsentDecision } | null> {
  const dropped: Dropped[] = [];
  let because: string | undefined;
  let left: Left[] = [];
  group.forEach((said, at) => {
    const result = results[at] as GateResult;
    if (allows(policy, result, "events"))
      left.push({
        item: itemOf(said.message, said.claims, policy, result, said.permissions),
        at: said.at,
      });
    else {
      dropped.push({ messageId: said.message.draft.id, reason: "consent", at: said.at });
      because ??= whyDenied(policy, result, "events");
    }
  });
  const drop = ({ item, at }: Left, reason: DropReason): void =>
    void dropped.push({ messageId: item.event.id, reason, at });
  let accepted = 0;
  let about = visitor;
  while (left.length > 0) {
    const answer = await services.people.record({
      visitor: about,
      origin: group[0]?.origin ?? "server",
      now: services.now,
      decision: null,
      ifKnownAs: onlyIfKnown ? namesIn(group) : null,
      items: left.map(({ item }) => item),
    });
    if (answer.at === "unknown" && onlyIfKnown) return null;
    const returned = answer.at === "erased" ? isReturn(answer.since, group) : null;
    if (answer.at === "erased" && returned && left.some(({ item }) => returned(item))) {
      if (onlyIfKnown) return null;
      for (const each of left) if (!returned(each.item)) drop(each, "erased");
      left = left.filter(({ item }) => returned(item));
      about = await services.identifiers.returnedVisitor(about, answer.since);
      continue;
    }
    if (answer.at !== "home") {
      for (const each of left) drop(each, "erased");
      break;
    }
    if (answer.value.stored) return { stored: answer.value.stored };
    const { outcomes, rotate } = answer.value;
    outcomes.forEach((outcome, n) => {
      const each = left[n];
      if (outcome.kept) accepted++;
      else if (each) {
        drop(each, outcome.reason);
        if (outcome.reason === "consent") because ??= "the person's stored decision denies it";
      }
    });
    left = left.slice(outcomes.length);
    if (rotate === null) break;
    about = await services.identifiers.rotatedVisitor(about, rotate);
    left = left.map(({ item, at }) => ({ item: goingOn(item, rotate), at }));
    // The rotated visitor may be new: what consent says is settled already.
    onlyIfKnown = false;
  }
  return { accepted, dropped, because };
}
