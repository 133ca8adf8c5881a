/**
 * Erasures that visitors ask for themselves, on their own page or by a withdrawal where the policy wants it. A withdrawal's is kept
 * by the visitor's object as an intention from its moment on (person/decide.ts), and whoever took it carries it out at once;
 * should that one be cut off, the object begins it, and cron goes on with it. Whoever begins, it is the same request.
 */
import type { Millis, VisitorId } from "../domain/ids.ts";
import { continueErasure, eraseScope } from "./erase.ts";
import type { PrivacyPorts } from "./ports.ts";
import { createRequest, type NewRequest, requestIdOf, type StoredRequest } from "./requests.ts";
import { scopeOfVisitor } from "./scope.ts";

/** Null where nobody is left of the visitor. */
async function requestFor(
  ports: PrivacyPorts,
  visitor: VisitorId,
  at: Millis,
): Promise<Omit<NewRequest, "kind"> | null> {
  const scope = await scopeOfVisitor(ports, visitor);
  if (scope.visitors.length === 0) return null;
  const id = await nameFor(ports, visitor, `withdrawal ${at}`);
  return { about: "visitor", by: "policy", scope, id };
}

/** The request's id: alike for whoever begins it. */
async function nameFor(
  { identifiers }: PrivacyPorts,
  visitor: VisitorId,
  why: string,
): Promise<string> {
  return requestIdOf(await identifiers.digest(visitor, why));
}

/**
 * What somebody asks for on their own page, as far as it gets now. Asked again, because no answer came, it goes on, and takes those
 * along who were joined to them meanwhile. Null where nothing is recorded, and nothing was erased.
 */
export async function eraseOwn(
  ports: PrivacyPorts,
  visitor: VisitorId,
  at: Millis,
): Promise<StoredRequest | null> {
  const id = await nameFor(ports, visitor, "own erasure");
  const scope = await scopeOfVisitor(ports, visitor);
  if (scope.visitors.length === 0) return continueErasure(ports, id, at);
  const whose = { about: "visitor", by: "visitor" } as const;
  const made = await createRequest(ports, { ...whose, kind: "erase", scope, id }, at);
  const joined = scope.visitors.filter((each) => !made.visitors.includes(each)).toSorted();
  if (joined.length > 0)
    await eraseScope(
      ports,
      {
        ...whose,
        scope: { visitors: joined, maybe: [] },
        id: await nameFor(ports, visitor, `own erasure with ${joined.join()}`),
      },
      at,
    );
  return (await continueErasure(ports, id, at)) ?? made;
}

/** Writes it down, for cron. */
export async function beginWithdrawn(
  ports: PrivacyPorts,
  visitor: VisitorId,
  at: Millis,
): Promise<void> {
  const request = await requestFor(ports, visitor, at);
  if (request) await createRequest(ports, { ...request, kind: "erase" }, at);
}

/** As far as it gets now. */
export async function eraseWithdrawn(
  ports: PrivacyPorts,
  visitor: VisitorId,
  at: Millis,
): Promise<void> {
  const request = await requestFor(ports, visitor, at);
  if (request) await eraseScope(ports, request, at);
}
