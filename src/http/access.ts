/**
 * Cloudflare Access in front of the console: who came through it is told by a signed token on every request, and a
 * variable says which role they have. Off without `ACCESS_TEAM`; with it, the console takes no tokens of roles.
 */
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import type { Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { type Role, ROLES } from "./auth.ts";

/** Who has a role: one address, everybody of a domain, or a group that the identity provider names. */
export interface AccessRule {
  role: Role;
  by: "email" | "domain" | "group";
  value: string;
}

export interface AccessConfig {
  /** `https://team.cloudflareaccess.com` */
  team: string;
  /** The application's audience tag. */
  audience: string;
  /** The first that fits decides. */
  rules: readonly AccessRule[];
}

export interface AccessIdentity {
  role: Role;
  /** The person's id in Access. */
  subject: string;
  /** Of this sign-in. */
  issued: string;
}

const HEADER = "cf-access-jwt-assertion";
/** Tokens have about 1 KB; groups make them longer. */
const TOKEN_MAX = 16_384;
const RULE = /^(\w+):(?:(group)=(.{1,200})|(@[^\s@]{1,200})|([^\s@]{1,100}@[^\s@]{1,200}))$/;

/** `owner:jane@example.org, officer:group=privacy, marketer:@example.org`. @throws Error with the entry that isn't one */
export function readAccessRules(text: string): AccessRule[] {
  const entries = text.split(",").map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== "")
    .map((entry) => {
      const [, named, , group, domain, email] = RULE.exec(entry) ?? [];
      const role = ROLES.find((each) => each === named);
      if (role && group) return { role, by: "group", value: group };
      if (role && domain) return { role, by: "domain", value: domain.toLowerCase() };
      if (role && email) return { role, by: "email", value: email.toLowerCase() };
      throw new Error(`isn't role:address, role:@domain or role:group=name: ${entry.slice(0, 40)}`);
    });
}

/** Access hands on what the identity provider says of groups as a custom claim. */
function groupsOf({ custom }: JWTPayload): string[] {
  const groups =
    typeof custom === "object" && custom !== null && "groups" in custom ? custom.groups : [];
  return Array.isArray(groups) ? groups.filter((each) => typeof each === "string") : [];
}

function roleFor(payload: JWTPayload, rules: readonly AccessRule[]): Role | null {
  const email = typeof payload["email"] === "string" ? payload["email"].toLowerCase() : "";
  const groups = groupsOf(payload);
  const fits = ({ by, value }: AccessRule): boolean => {
    if (by === "group") return groups.includes(value);
    return by === "email" ? email === value : email.endsWith(value) && email !== value;
  };
  return rules.find(fits)?.role ?? null;
}

/** Of use to those alone who have Access in front; the others' first call shouldn't pay for it. */
const library = () => import("jose");

/** Keys of each team, kept for the life of the isolate and fetched again when a token names another one. */
const keySets = new Map<string, JWTVerifyGetKey>();

async function keysOf(team: string): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet } = await library();
  const known = keySets.get(team) ?? createRemoteJWKSet(new URL(`${team}/cdn-cgi/access/certs`));
  keySets.set(team, known);
  return known;
}

/**
 * Null without a token, with one that is forged, over, of another application, or of somebody without a role here.
 * @throws Problem `unavailable` when the team's keys can't be read.
 */
export async function readAccess(
  request: Request,
  access: AccessConfig,
  now: Millis,
): Promise<AccessIdentity | null> {
  const token = request.headers.get(HEADER);
  if (token === null || token.length > TOKEN_MAX) return null;
  const { jwtVerify } = await library();
  try {
    const { payload } = await jwtVerify(token, await keysOf(access.team), {
      algorithms: ["RS256"],
      issuer: access.team,
      audience: access.audience,
      requiredClaims: ["exp", "iat", "sub"],
      currentDate: new Date(now),
    });
    // A session token of the whole organisation, or a service's, is nobody at this door.
    if (payload["type"] !== "app" || !payload.sub) return null;
    const role = roleFor(payload, access.rules);
    return role && { role, subject: payload.sub, issued: String(payload.iat) };
  } catch (error) {
    if (await isOfToken(error)) return null;
    throw new Problem("unavailable", "the keys of Cloudflare Access can't be read now");
  }
}

/** What is wrong with the token, not with the way to the keys. */
async function isOfToken(error: unknown): Promise<boolean> {
  const { errors } = await library();
  const ofKeys = [errors.JWKSTimeout, errors.JWKSInvalid].some((kind) => error instanceof kind);
  return error instanceof errors.JOSEError && !ofKeys && error.code !== errors.JOSEError.code;
}
