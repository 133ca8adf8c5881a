/** Identity tokens as a site's own server signs them. */
import { SignJWT } from "jose";
import { testBindings } from "../../support/bindings.ts";

const [kid = "", secret = ""] = testBindings.TOKEN_KEYS.split(":");
export const tokenKey = Uint8Array.from(atob(secret), (char) => char.charCodeAt(0));

export const identityToken = (
  userId: string,
  email?: string,
  { audience = testBindings.SITE_NAME, expires = "1h", signedWith = tokenKey } = {},
): Promise<string> =>
  new SignJWT(email === undefined ? {} : { email })
    .setProtectedHeader({ alg: "HS256", kid })
    .setSubject(userId)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(signedWith);
