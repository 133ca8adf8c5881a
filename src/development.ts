/** In development the Worker plays the customer's site as well: a club whose pages carry the public snippet. */
import { demo } from "./demo/demo.ts";
import { MEMBERS } from "./demo/club.ts";
import { rawPath } from "./http/address.ts";
import type { Services } from "./http/collect/services.ts";
import { isOurs } from "./http/proxy/site.ts";

/** How long a demo sign-in is proved. */
const TOKEN_MINUTES = 10;

/** Null in production, and for what isn't the demo's. */
export async function development(request: Request, services: Services): Promise<Response | null> {
  const { config, now } = services;
  if (config.production || isOurs(rawPath(request.url))) return null;
  return demo(request, {
    siteName: config.siteName,
    writeKey: config.writeKey,
    demoToken: async (user) => {
      const { SignJWT } = await import("jose");
      const [key] = config.tokenKeys;
      if (!key || !MEMBERS.some((member) => member.id === user)) return "";
      return new SignJWT({})
        .setProtectedHeader({ alg: "HS256", kid: key.kid })
        .setSubject(user)
        .setJti(crypto.randomUUID())
        .setAudience(config.siteName)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.floor(now / 1000) + TOKEN_MINUTES * 60)
        .sign(key.secret);
    },
  });
}
