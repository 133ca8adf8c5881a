/**
 * A token that has a name is good on the device that used it first: whoever replays it elsewhere proves nothing. So is any
 * token where the merge rules say so. The device's visitor may have been parted for a second user meanwhile, and a retry may
 * come from before that.
 */
import { type Binding, bindToken } from "../../d1/tokens.ts";
import type { TokenRules } from "../../domain/identity/rules.ts";
import type { VisitorId } from "../../domain/ids.ts";
import type { IdentifierKeys } from "../../keys/identifiers.ts";
import type { Proof } from "../identity-token.ts";
import { inTime } from "../patience.ts";
import type { Services } from "./services.ts";

type Needed = Pick<Services, "db" | "identifiers" | "now">;

/**
 * A token without `jti` says no more than whom it proves and until when, so that one made in the same second for the same
 * person's other device is the same token. For so long after its first use it is good there, too.
 */
const SAME_MOMENT_MS = 10_000;

/** Answers remembered of one isolate: a token that comes with every call is looked up with the first. */
const ANSWERS_KEPT = 2_000;
const answers = new WeakMap<IdentifierKeys, Map<string, boolean>>();

/** Null for one that is good here. When the database can't say, the sign-in counts as typed until the next one. */
export async function misuse(
  services: Needed,
  visitor: VisitorId,
  proof: Proof,
  { bound }: Pick<TokenRules, "bound">,
): Promise<"replayed" | "unchecked" | null> {
  if (!proof.isUnique && bound === "named") return null;
  const token = await services.identifiers.token(proof.name);
  const known = answersOf(services.identifiers);
  const question = `${visitor} ${token}`;
  const before = known.get(question);
  if (before !== undefined) return before ? null : "replayed";
  try {
    const isOwn = await inTime("database", ask(services, visitor, token, proof));
    if (known.size >= ANSWERS_KEPT) known.clear();
    known.set(question, isOwn);
    return isOwn ? null : "replayed";
  } catch {
    return "unchecked";
  }
}

/** Of one secret, so that two sites in one process don't share them. */
function answersOf(identifiers: IdentifierKeys): Map<string, boolean> {
  const known = answers.get(identifiers) ?? new Map<string, boolean>();
  answers.set(identifiers, known);
  return known;
}

async function ask(
  { db, identifiers, now }: Needed,
  visitor: VisitorId,
  token: string,
  { isUnique, userId, until }: Proof,
): Promise<boolean> {
  const user = await identifiers.key("user_id", userId);
  const next = await identifiers.rotatedVisitor(visitor, user);
  const [device, rotated] = await Promise.all([
    identifiers.digest(visitor, "token"),
    identifiers.digest(next, "token"),
  ]);
  const bound = await bindToken(db, { token, device, rotated, until, firstUsed: now });
  return (
    isBoundTo(bound, device, rotated) || (!isUnique && now - bound.firstUsed <= SAME_MOMENT_MS)
  );
}

const isBoundTo = (bound: Binding, device: string, rotated: string): boolean =>
  [device, rotated].some((name) => name === bound.device || name === bound.rotated);
