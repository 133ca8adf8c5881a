/** Signed identity tokens: JWT, HS256, under `TOKEN_KEYS` by `kid`; `sub` is the user id, `aud` the site's name. */
import type { JWTPayload } from "jose";
import { normaliseEmail, normaliseId } from "../domain/intake/normalise.ts";
import type { RawClaim } from "../domain/identity/claims.ts";
import type { Config } from "./context.ts";

/** What a good token proves; null when it is none of ours, out of date, or without what it must have. */
export async function provenBy(
  token: string,
  config: Config,
  now: number,
): Promise<{ userId: string; claims: RawClaim[] } | null> {
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
    if (userId === null) return null;
    const email = typeof payload.email === "string" ? normaliseEmail(payload.email) : null;
    return {
      userId,
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
