/** Signed identity tokens: JWT, HS256, under `TOKEN_KEYS` by `kid`; `sub` is the user id, `aud` the site's name, `exp` is required. */
import type { JWTPayload } from "jose";
import { BUILT_IN, type IsBlocked } from "../domain/intake/blocked.ts";
import { normaliseEmail, normaliseId } from "../domain/intake/normalise.ts";
import type { RawClaim } from "../domain/identity/claims.ts";
import type { TokenFault } from "../domain/identity/token-faults.ts";
import type { TokenRules } from "../domain/identity/rules.ts";
import type { Millis } from "../domain/ids.ts";
import type { Config } from "./context.ts";

/**
 * Whoever gets hold of a token, out of a log or a shared link, can replay it until it expires, so that an officer may say how
 * long one may live. Counted from when it was issued, if it says so, else from now; by the later of both clocks, for a call
 * in development may come with one of the past.
 */
function livesTooLong({ iat, exp }: JWTPayload, now: number, hours: number | null): boolean {
  if (hours === null) return false;
  const latest = Math.max(now, Date.now());
  const from = iat === undefined ? latest : Math.min(iat * 1000, latest);
  return exp === undefined || exp * 1000 - from > hours * HOUR_MS + LEEWAY_MS;
}

const HOUR_MS = 3_600_000;
/** Servers' clocks differ. */
const LEEWAY_MS = 300_000;

export interface Proof {
  userId: string;
  claims: RawClaim[];
  /** `jti`, where the site gives its tokens names; else all that is signed: the signature can be spelt in several ways, that can't. */
  name: string;
  /** Whether no other token has the name, even of the same person in the same second. */
  isUnique: boolean;
  /** When it expires, in whole milliseconds: `exp` may have a fraction. */
  until: Millis;
}

/** Longer names are none that anybody gives. */
const NAME_MAX = 200;

/** What a good token proves, else why it proves nothing. A placeholder is nobody however well it is signed. */
export async function provenBy(
  token: string,
  config: Config,
  now: number,
  hours: TokenRules["hours"],
  isBlocked: IsBlocked = BUILT_IN,
): Promise<Proof | TokenFault> {
  // Only sign-ins need it, so the library is loaded with the first of them.
  const { jwtVerify } = await import("jose");
  let isKnownKey = true;
  try {
    const { payload } = await jwtVerify<JWTPayload & { email?: unknown }>(
      token,
      ({ kid }) => {
        const key = config.tokenKeys.find((each) => each.kid === kid);
        isKnownKey = key !== undefined;
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
    if (userId === null || isBlocked("user_id", userId)) return "nobody";
    if (livesTooLong(payload, now, hours)) return "too_long";
    const said = typeof payload.email === "string" ? normaliseEmail(payload.email) : null;
    const email = said !== null && isBlocked("email", said) ? null : said;
    const { jti, exp = 0 } = payload;
    if (jti !== undefined && (typeof jti !== "string" || jti.length > NAME_MAX)) return "malformed";
    return {
      userId,
      name: jti ?? token.slice(0, token.lastIndexOf(".")),
      isUnique: jti !== undefined,
      until: Math.ceil(exp * 1000),
      claims: [
        { kind: "user_id", value: userId, assurance: "verified" },
        ...(email === null
          ? []
          : [{ kind: "email", value: email, assurance: "verified" } satisfies RawClaim]),
      ],
    };
  } catch (error) {
    return isKnownKey ? faultOf(error) : "unknown_key";
  }
}

/** By the library's own words for it. */
function faultOf(error: unknown): TokenFault {
  const { code, claim, reason } = error as { code?: string; claim?: string; reason?: string };
  if (code === "ERR_JWT_EXPIRED") return "expired";
  if (code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") return "signature";
  if (code !== "ERR_JWT_CLAIM_VALIDATION_FAILED" || reason !== "check_failed") return "malformed";
  return claim === "aud" ? "audience" : claim === "nbf" ? "expired" : "malformed";
}
