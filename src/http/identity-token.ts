/** Signed identity tokens: JWT, HS256, under `TOKEN_KEYS` by `kid`; `sub` is the user id, `aud` the site's name, `exp` within a day. */
import type { JWTPayload } from "jose";
import { normaliseEmail, normaliseId } from "../domain/intake/normalise.ts";
import type { RawClaim } from "../domain/identity/claims.ts";
import type { Millis } from "../domain/ids.ts";
import type { Config } from "./context.ts";

/**
 * A token is good for a sign-in, not for ever: whoever gets hold of one, out of a log or a shared link, can replay it until
 * it expires. Counted from when it was issued, if it says so, else from now.
 */
const LIFETIME_MS = 24 * 3_600_000;

/** The later of both clocks: a call in development may come with one of the past. */
function livesTooLong({ iat, exp }: JWTPayload, now: number): boolean {
  const latest = Math.max(now, Date.now());
  const from = iat === undefined ? latest : Math.min(iat * 1000, latest);
  return exp === undefined || exp * 1000 - from > LIFETIME_MS + LEEWAY_MS;
}

/** Servers' clocks differ. */
const LEEWAY_MS = 300_000;

export interface Proof {
  userId: string;
  claims: RawClaim[];
  /** `jti`, where the site gives its tokens names; else all that is signed: the signature can be spelt in several ways, that can't. */
  name: string;
  /** Whether no other token has the name, even of the same person in the same second. */
  isUnique: boolean;
  /** When it expires. */
  until: Millis;
}

/** Longer names are none that anybody gives. */
const NAME_MAX = 200;

/** What a good token proves; null when it is none of ours, out of date, or without what it must have. */
export async function provenBy(token: string, config: Config, now: number): Promise<Proof | null> {
  // Only sign-ins need it, so the library is loaded with the first of them.
  const { jwtVerify } = await import("jose");
  try {
    const { payload } = await jwtVerify<JWTPayload & { email?: unknown }>(
      token,
      ({ kid }) => {
        const key = config.tokenKeys.find((each) => each.kid === kid);
        if (!key) throw new Error("unknown key");
        return key.secret;
      },
      {
        algorithms: ["HS256"],
        audience: config.siteName,
        requiredClaims: ["sub", "exp", "aud"],
        currentDate: new Date(now),
      },
    );
    const userId = normaliseId(payload.sub);
    if (userId === null || livesTooLong(payload, now)) return null;
    const email = typeof payload.email === "string" ? normaliseEmail(payload.email) : null;
    const { jti, exp = 0 } = payload;
    if (jti !== undefined && (typeof jti !== "string" || jti.length > NAME_MAX)) return null;
    return {
      userId,
      name: jti ?? token.slice(0, token.lastIndexOf(".")),
      isUnique: jti !== undefined,
      until: exp * 1000,
      claims: [
        { kind: "user_id", value: userId, assurance: "verified" },
        ...(email === null
          ? []
          : [{ kind: "email", value: email, assurance: "verified" } satisfies RawClaim]),
      ],
    };
  } catch {
    return null;
  }
}
