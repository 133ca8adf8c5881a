/** In development the Worker plays the customer's site as well: a club whose pages carry the public snippet. */
import { demo } from "./demo/demo.ts";
import { MEMBERS } from "./demo/club.ts";
import { rawPath } from "./http/address.ts";
import type { Services } from "./http/collect/services.ts";
import { isOurs } from "./http/proxy/site.ts";
import { sha256 } from "./http/secrets.ts";

/** How long a demo sign-in is proved. */
const TOKEN_MINUTES = 10;

const memberOf = (user: string): string | null => MEMBERS.find(({ id }) => id === user)?.id ?? null;

/** Whoever reads the club's letters without being a member has a number by their address. */
async function readerOf(email: string | null): Promise<string | null> {
  if (email === null) return null;
  const member = MEMBERS.find((each) => each.email === email.toLowerCase());
  return member?.id ?? `reader-${(await sha256(email.toLowerCase())).slice(0, 12)}`;
}

/** Null in production, and for what isn't the demo's. */
export async function development(request: Request, services: Services): Promise<Response | null> {
  const { config, now } = services;
  if (config.production || isOurs(rawPath(request.url))) return null;
  return demo(request, {
    siteName: config.siteName,
    writeKey: config.writeKey,
    demoToken: async ({ user, email }) => {
      const { SignJWT } = await import("jose");
      const [key] = config.tokenKeys;
      const subject = user === null ? await readerOf(email) : memberOf(user);
      if (!key || subject === null) return "";
      return new SignJWT(email === null ? {} : { email })
        .setProtectedHeader({ alg: "HS256", kid: key.kid })
        .setSubject(subject)
        .setJti(crypto.randomUUID())
        .setAudience(config.siteName)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.floor(now / 1000) + TOKEN_MINUTES * 60)
        .sign(key.secret);
    },
  });
}
