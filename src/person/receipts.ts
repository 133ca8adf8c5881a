/** The hash chain of a visitor's receipts. What is hashed is the canonical body, so that key order can't matter. */
import type { Json } from "../domain/json.ts";
import { isObject } from "../domain/json.ts";
import type { DecideRequest } from "../domain/person/calls.ts";
import type { Receipt } from "../domain/person/consent.ts";

export async function chain(
  sha256: (text: string) => Promise<string>,
  request: DecideRequest,
  previous: { count: number; hash: string },
): Promise<Receipt | null> {
  if (!request.receipt) return null;
  const { kind, body } = request.receipt;
  const unhashed = {
    visitor: request.visitor,
    seq: previous.count + 1,
    at: request.decision.at,
    kind,
    policy: request.decision.policy,
    body,
    previous: previous.hash,
  };
  return { ...unhashed, hash: await sha256(canonical(unhashed)) };
}

/** JSON with sorted keys. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`);
  return `{${entries.join(",")}}`;
}
