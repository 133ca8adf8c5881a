/** Identifiers as people write them, `email:jane@example.org`, and whom they lead to. */
import type { IdentifierKind } from "../../domain/identity/claims.ts";
import { type IdentifierKey, isVisitorId, type VisitorId } from "../../domain/ids.ts";
import { kindInFamily } from "../../domain/intake/identifiers.ts";
import { normalise } from "../../domain/intake/normalise.ts";
import { Problem } from "../../domain/problem.ts";
import { keyOf } from "../identifier-key.ts";
import type { Context } from "../context.ts";

const PLAIN: readonly IdentifierKind[] = ["user_id", "email", "phone", "crm", "anonymous_id"];
const PROVIDED = /^(social|esp):([^:]+):(.+)$/su;

export interface Said {
  kind: IdentifierKind;
  /** Normalised as intake does. */
  value: string;
}

/** Null when it doesn't begin with a kind, or the value is none of that kind. */
export function readIdentifier(text: string): Said | null {
  const [, family, provider, rest] = PROVIDED.exec(text) ?? [];
  if (family !== undefined && provider !== undefined && rest !== undefined) {
    const kind = kindInFamily(`${family}:${provider}`);
    return kind && said(kind, rest);
  }
  const colon = text.indexOf(":");
  const kind = PLAIN.find((each) => each === text.slice(0, colon));
  return kind === undefined ? null : said(kind, text.slice(colon + 1));
}

/** @throws Problem `invalid` at `identifier`. */
export function requireIdentifier(text: string): Said {
  const identifier = readIdentifier(text);
  if (identifier) return identifier;
  throw new Problem(
    "invalid",
    "an identifier is a kind and a value, like email:jane@example.org, user_id:42 or social:google:17",
    { path: "identifier" },
  );
}

function said(kind: IdentifierKind, raw: string): Said | null {
  const value = normalise(kind, raw);
  return value === null ? null : { kind, value };
}

/** Everything that a text without a kind may be: somebody who searches doesn't say which. */
export function guesses(text: string): Said[] {
  const explicit = readIdentifier(text);
  if (explicit) return [explicit];
  return PLAIN.map((kind) => said(kind, text)).filter((each) => each !== null);
}

/** Who claims any of these, whoever said it first in front. */
export async function claimantsOf(
  context: Context,
  identifiers: readonly Said[],
): Promise<VisitorId[]> {
  const keys = await Promise.all(identifiers.map((identifier) => keyOf(identifier, context)));
  const found = await context.index.claimants(keys);
  return [...new Set(keys.flatMap((key: IdentifierKey) => found.get(key) ?? []))];
}

/** @throws Problem `not_found` for what can't be anybody's id. */
export function requireVisitorId(id: string | undefined): VisitorId {
  if (id !== undefined && isVisitorId(id)) return id;
  throw new Problem("not_found", "there is nobody of this id");
}
