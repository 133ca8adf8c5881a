/**
 * The erasure that a withdrawal asks for, where the policy wants it. The visitor's object keeps it as an intention from the moment
 * of the withdrawal (person/decide.ts), and whoever took the withdrawal carries it out at once; should that one be cut off, the
 * object begins it, and cron goes on with it. Both begin the same request.
 */
import { base32, type Millis, type VisitorId } from "../domain/ids.ts";
import { eraseScope } from "./erase.ts";
import type { PrivacyPorts } from "./ports.ts";
import { createRequest, type NewRequest } from "./requests.ts";
import { scopeOfVisitor } from "./scope.ts";

const utf8 = new TextEncoder();

/** Bytes. */
const ID_LENGTH = 16;

/** Null where nobody is left of the visitor. */
async function requestFor(
  ports: PrivacyPorts,
  visitor: VisitorId,
  at: Millis,
): Promise<Omit<NewRequest, "kind"> | null> {
  const scope = await scopeOfVisitor(ports, visitor);
  if (scope.visitors.length === 0) return null;
  const name = await ports.identifiers.digest(visitor, `withdrawal ${at}`);
  const hash = await crypto.subtle.digest("SHA-256", utf8.encode(name));
  const id = base32(new Uint8Array(hash).slice(0, ID_LENGTH));
  return { about: "visitor", by: "policy", scope, id };
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
