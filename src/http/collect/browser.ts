/** Recording what a browser sends: bot? → consent → visitor → person object. */
import { allows, type GateResult, whyDenied } from "../../domain/consent/gate.ts";
import { toDecision } from "../../domain/consent/receipt.ts";
import { isKnownChild } from "../../domain/consent/child.ts";
import { readContextConsent } from "../../domain/consent/signals/cmp.ts";
import { type CmpReading, NONE } from "../../domain/consent/signals/types.ts";
import type { DropReason } from "../../domain/event.ts";
import type { RawClaim } from "../../domain/identity/claims.ts";
import type { DeviceUse } from "../../domain/identity/sharing.ts";
import type { TokenFault } from "../../domain/identity/token-faults.ts";
import type { VisitorId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import { withLeftIds } from "../../domain/intake/left-cookies.ts";
import type { Message } from "../../domain/intake/message.ts";
import { beforeRest } from "../../domain/intake/order.ts";
import type { Sender } from "../../domain/intake/sender.ts";
import type { KeyedClaim, RecordItem } from "../../domain/person/calls.ts";
import type { NetworkKey } from "../../domain/suggestion/sightings.ts";
import { proofIn, takeNamed } from "../blocked.ts";
import { misuse } from "./token-use.ts";
import { gate, gateInput, readElsewhere, readVisit, type Visit } from "../visit.ts";
import type { Collected, Dropped } from "./answer.ts";
import { goingOn, itemOf, keyed, ofOneUser, permissionsOf } from "./items.ts";
import { networkSeen } from "./network.ts";
import type { Services } from "./services.ts";
import {
  choiceCookie,
  allWithdrawn,
  eraseIfRefused,
  isSaidBySignals,
  receiptOfSignals,
  type Said,
  tellAgain,
  tellRefusal,
  withdrawnCookies,
} from "./opt-out.ts";
import {
  expireVisitor,
  firstVisitor,
  networkOf,
  randomVisitor,
  visitorCookies,
} from "./visitor.ts";

const newMessageId = (): string => crypto.randomUUID();

export async function collectFromBrowser(
  request: Request,
  services: Services,
  messages: readonly JsonObject[],
  sender: Sender,
  { isVisit } = { isVisit: true },
): Promise<Collected> {
  const visit = isVisit
    ? await readVisit(request, services)
    : await readElsewhere(request, services);
  const dropped: Dropped[] = [];
  const items: RecordItem[] = [];
  /** Of the items among the messages. */
  const places: number[] = [];
  let at = -1;
  let anonymousId: string | null = null;
  let because: string | undefined;
  let idAllowed = allows(visit.policy, gate(visit, services.now), "id-cookie");
  let result: GateResult | null = null;
  let said: CmpReading = NONE;
  let refused: Said | null = null;
  let token: TokenFault | undefined;
  // Once that is known it goes for whatever this browser sends after it, in this call and later.
  let isChild = false;
  const unproven = (fault: TokenFault): void => {
    token ??= fault;
    services.drops.token(fault);
  };
  // Derived once, for one that is random would be another the second time.
  let derived: Promise<VisitorId> | null = null;
  const whoCalls = (said: string | null): Promise<VisitorId> =>
    (derived ??= visit.cookie
      ? Promise.resolve(visit.cookie.visitor)
      : firstVisitor(request, services, said));
  for (const raw of withLeft(messages, visit, sender)) {
    at++;
    const carried = readContextConsent(raw["context"]);
    isChild ||= isKnownChild(raw, services.now, visit.policy.childBelow);
    const decided = gate(visit, services.now, carried, isChild);
    const mayRecord = allows(visit.policy, decided, "events");
    const taken = await takeNamed(raw, sender, services, newMessageId, mayRecord);
    if (!taken.ok) {
      dropped.push({ messageId: taken.messageId, reason: taken.reason, at });
      services.drops.add(taken.reason, decided.regime, 1);
      if (taken.reason === "blocked") services.drops.junk(raw, "browser");
      if (taken.reason === "consent") {
        because ??= whyDenied(visit.policy, decided, "events");
        refused = { result: decided, carried };
        services.drops.page(raw);
      }
      continue;
    }
    const message = beforeRest(taken.message, messages.length - 1 - at);
    idAllowed ||= allows(visit.policy, decided, "id-cookie");
    result = decided;
    said = carried;
    refused = null;
    anonymousId ??= message.anonymousId;
    const claims = allows(visit.policy, decided, "claims")
      ? await placed(
          await keyed(
            await claimsOf(message, services, () => whoCalls(anonymousId), unproven),
            services,
          ),
          request,
          visit,
          services,
        )
      : [];
    const permissions = await permissionsOf(message, raw, false, services);
    items.push(itemOf(message, claims, visit.policy, decided, permissions));
    places.push(at);
  }
  const choice = await choiceCookie(visit, services);
  if (!result || items.length === 0) {
    const isErased = refused !== null && (await tellRefusal(visit, services, refused));
    const kept = idAllowed && !isErased ? choice : [...choice, ...expireVisitor(visit)];
    const cookies = isChild ? await allWithdrawn(visit, services) : kept;
    return { accepted: 0, dropped, because, cookies };
  }
  const caller = await whoCalls(anonymousId);
  const network = isVisit ? await networkSeen(request, services, visit.policy, result) : null;
  const saying = { result, carried: said };
  tellAgain(caller);
  const recorded = await recordAll(services, visit, saying, items, caller, network);
  const isErased = refused !== null && (await tellRefusal(visit, services, refused));
  for (const drop of recorded.dropped) {
    dropped.push({ ...drop, at: places[drop.at] ?? 0 });
    services.drops.add(drop.reason, result.regime, 1);
  }
  return {
    accepted: recorded.accepted,
    dropped,
    because: because ?? recorded.because,
    ...(token ? { token } : {}),
    cookies: isChild
      ? await allWithdrawn(visit, services)
      : [...choice, ...(isErased ? expireVisitor(visit) : recorded.cookies)],
  };
}

/** What other tools called this browser goes with the first message: one is enough for a claim. */
function withLeft(
  messages: readonly JsonObject[],
  { leftIds }: Visit,
  sender: Sender,
): readonly JsonObject[] {
  const [first, ...rest] = messages;
  if (!first || leftIds.length === 0 || sender.kind !== "browser") return messages;
  return [withLeftIds(first, leftIds), ...rest];
}

/** Where a mail link was followed goes with it: a mail that is read in many places at once was passed on. */
const placed = (
  claims: readonly KeyedClaim[],
  request: Request,
  { region }: Visit,
  { identifiers }: Services,
): Promise<KeyedClaim[]> =>
  Promise.all(
    claims.map(async (claim) => {
      if (claim.assurance !== "hinted") return claim;
      const network = networkOf(request.headers.get("cf-connecting-ip") ?? "");
      return {
        ...claim,
        place: await identifiers.place(claim.key, network, JSON.stringify(region)),
      };
    }),
  );

/** What the message says, made surer by a token that proves it; else it counts as typed, and `tell` learns why. */
async function claimsOf(
  message: Message,
  services: Services,
  visitor: () => Promise<VisitorId>,
  tell: (fault: TokenFault) => void,
): Promise<RawClaim[]> {
  if (!message.identityToken) return message.claims;
  const proven = await provenIn(message, message.identityToken, services, visitor);
  if (typeof proven === "string") {
    tell(proven);
    return message.claims;
  }
  const rest = message.claims.filter(
    (claim) => !proven.some((each) => each.kind === claim.kind && each.value === claim.value),
  );
  return [...proven, ...rest];
}

/** A token of somebody else proves nothing. */
async function provenIn(
  { userId }: Message,
  token: string,
  services: Services,
  visitor: () => Promise<VisitorId>,
): Promise<RawClaim[] | TokenFault> {
  const proof = await proofIn(token, services);
  if (typeof proof === "string") return proof;
  if (userId !== null && userId !== proof.userId) return "other_user";
  const { tokens } = await services.mergeRules();
  return (await misuse(services, await visitor(), proof, tokens)) ?? proof.claims;
}

interface Recorded {
  accepted: number;
  /** With their places among the items. */
  dropped: Dropped[];
  because: string | undefined;
  cookies: string[];
}

/** Hands the items to the visitor's object; whoever else uses the device by now goes on as a new visitor. */
async function recordAll(
  services: Services,
  visit: Visit,
  said: Said,
  items: readonly RecordItem[],
  caller: VisitorId,
  network: NetworkKey | null,
): Promise<Recorded> {
  let visitor = caller;
  let home: VisitorId = visit.cookie?.home ?? visitor;
  const dropped: Dropped[] = [];
  let accepted = 0;
  let denied: string[] | null = null;
  let device: DeviceUse | undefined;
  const decision = toDecision(gateInput(visit, services.now), said.result);
  // Of somebody new there is no receipt yet; of others their object knows whether there has to be one.
  let asks = isSaidBySignals(said.result);
  let receipt = asks && !visit.cookie ? receiptOfSignals(visit, said, services) : null;
  const isOneUsers = visit.policy.sharedDevice.secondUser === "refuse";
  let left = isOneUsers ? items.map(ofOneUser) : items;
  const drop = (n: number, reason: DropReason): void => {
    const messageId = left[n]?.event.id ?? "";
    dropped.push({ messageId, reason, at: items.length - left.length + n });
  };
  while (left.length > 0) {
    const answer = await services.people.record(
      {
        visitor,
        origin: "browser",
        now: services.now,
        decision,
        ...(receipt ? { receipt } : asks ? { ifProved: true as const } : {}),
        ifKnownAs: null,
        ...(device ? { device } : {}),
        ...(network === null ? {} : { network }),
        items: [...left],
      },
      home,
    );
    if (answer.at !== "home") {
      left.forEach((_, n) => drop(n, "erased"));
      // Who was erased comes back as somebody new, but only with a consent of their own.
      const cookies = await allWithdrawn(visit, services);
      return { accepted, dropped, because: undefined, cookies };
    }
    const { outcomes, rotate, unproved } = answer.value;
    home = answer.home;
    if (unproved && asks) {
      asks = false;
      receipt = receiptOfSignals(visit, said, services);
      if (await eraseIfRefused(visit, services, said, unproved.withdrew))
        home = visitor = randomVisitor();
      continue;
    }
    denied = answer.value.denied ?? denied;
    outcomes.forEach((outcome, n) => {
      if (outcome.kept) accepted++;
      else drop(n, outcome.reason);
    });
    left = left.slice(outcomes.length);
    if (rotate === null) break;
    if (isOneUsers) {
      // The officer wants one user a device: who else signs in here isn't recorded as anybody.
      drop(0, "blocked");
      left = left.slice(1);
      continue;
    }
    device = answer.value.device;
    visitor = await services.identifiers.rotatedVisitor(visitor, rotate);
    home = visitor;
    left = left.map((item) => goingOn(item, rotate));
  }
  const cookies = denied
    ? await withdrawnCookies(visit, services, denied)
    : await visitorCookies(visit, services, { visitor, home });
  return {
    accepted,
    dropped,
    because: denied ? "it was withdrawn on another device or before" : undefined,
    cookies,
  };
}
