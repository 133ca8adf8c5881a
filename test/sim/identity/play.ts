/** Plays what happens in the town against the site, and notes who said on which visitor who they are. */
import { createHmac } from "node:crypto";
import type { IdentifierKind } from "../../../src/domain/identity/claims.ts";
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { testBindings } from "../../support/bindings.ts";
import type { Random } from "../random.ts";
import type { Act, Naming } from "./acts.ts";
import { anonymousId, type Device, type Human, type Side } from "./people.ts";
import type { Site } from "./site.ts";

/** Somebody said who they are, on a visitor of a device. */
export interface Named {
  visitor: VisitorId;
  device: Device;
  side: string;
  how: Naming["how"];
  /** As they meant it, and as they typed it: `email:ann@…`. */
  meant: string[];
  typed: string[];
}

/** Two visitors are joined only where both people agreed to it; others play no part in the figures. */
export interface Played {
  named: Named[];
  /** What the site's own server said of an account: all of these are one side. */
  told: { side: string; says: string[] }[];
  calls: number;
  /** What the shop in a browser called it while somebody ordered there. */
  orderedAs: Map<string, string>;
}

const EVERY = ["measurement", "personalization", "recognition", "advertising"];
/** Objects work off what they have to do after so many calls: what lies within is at once, as far as they can tell. */
const CALLS_AT_ONCE = 3;

const consentOf = ({ recognised }: Human): JsonObject => ({
  categoryPreferences: Object.fromEntries(
    EVERY.map((purpose) => [purpose, recognised || purpose === "measurement"]),
  ),
});

const [TOKEN_KID = "", TOKEN_SECRET = ""] = testBindings.TOKEN_KEYS.split(":");
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function tokenFor({ userId, email }: Side, now: number, withEmail: boolean): string {
  const head = part({ alg: "HS256", kid: TOKEN_KID });
  const body = part({
    sub: userId,
    aud: testBindings.SITE_NAME,
    exp: Math.floor(now / 1000) + 600,
    ...(withEmail ? { email } : {}),
  });
  const mac = createHmac("sha256", Buffer.from(TOKEN_SECRET, "base64"));
  return `${head}.${body}.${mac.update(`${head}.${body}`).digest("base64url")}`;
}

/** The same text for one identifier wherever it is said. */
export const identifier = (kind: IdentifierKind, value: string): string => `${kind}:${value}`;

function sayingOf(act: Extract<Act, { does: "name" }>): {
  message: JsonObject;
  context: JsonObject;
  meant: string[];
  typed: string[];
} {
  const { naming, side, human } = act;
  const user = identifier("user_id", side.userId ?? "");
  const email = identifier("email", side.email);
  switch (naming.how) {
    case "token": {
      const said = naming.email ? [user, email] : [user];
      return {
        message: { type: "identify", userId: side.userId },
        context: { identityToken: tokenFor(side, act.arrives, naming.email) },
        meant: said,
        typed: said,
      };
    }
    case "user id":
      return {
        message: { type: "identify", userId: side.userId },
        context: {},
        meant: [user],
        typed: [user],
      };
    case "form":
      return {
        message: { type: "identify", traits: { email: naming.typed } },
        context: {},
        meant: [identifier("email", naming.meant)],
        typed: [identifier("email", naming.typed)],
      };
    case "phone": {
      const typed = [identifier("phone", naming.typed)];
      // A household's number is meant for whoever lives there.
      const meant = naming.typed === human.mobile ? typed : [];
      return {
        message: { type: "identify", traits: { phone: naming.typed } },
        context: {},
        meant,
        typed,
      };
    }
  }
}

export async function play(site: Site, acts: readonly Act[], random: Random): Promise<Played> {
  const played: Played = { named: [], told: [], calls: 0, orderedAs: new Map() };
  for (const act of acts) {
    await perform(site, act, played, random);
    if (++played.calls % CALLS_AT_ONCE === 0) await site.settle();
  }
  await site.settle();
  return played;
}

async function perform(site: Site, act: Act, played: Played, random: Random): Promise<void> {
  const timestamp = new Date(act.at).toISOString();
  const send = (message: JsonObject, human: Human, device: Device, context: JsonObject = {}) =>
    site.browse(device.browser, act.arrives, [
      {
        messageId: act.id,
        timestamp,
        ...message,
        context: { ...context, consent: consentOf(human) },
      },
    ]);
  switch (act.does) {
    case "look":
      await send({ type: "page" }, act.human, act.device);
      return;
    case "name": {
      const { message, context, meant, typed } = sayingOf(act);
      const visitor = await send(message, act.human, act.device, context);
      const { device, side, naming } = act;
      played.orderedAs.set(`${device.number} ${side.name}`, device.browser.anonymousId);
      if (visitor && act.human.recognised)
        played.named.push({ visitor, device, side: side.name, how: naming.how, meant, typed });
      return;
    }
    case "follow": {
      const url = `http://localhost:8787/news?mc_eid=${act.side.record}&mc_cid=${act.campaign}`;
      await send({ type: "page" }, act.human, act.device, { page: { url } });
      return;
    }
    case "junk":
      await send(
        {
          type: "identify",
          ...(act.userId === null ? {} : { userId: act.userId }),
          ...(act.email === null ? {} : { traits: { email: act.email } }),
        },
        act.human,
        act.device,
      );
      return;
    case "clear":
      act.device.browser.cookies.delete("usher");
      act.device.browser.anonymousId = anonymousId(random);
      return;
    case "account": {
      const { side, human } = act;
      const context = { consent: consentOf(human) };
      const traits = {
        email: side.email,
        ...(side.life === "private" ? { phone: human.mobile } : {}),
      };
      await site.serve(act.arrives, [
        { type: "identify", messageId: act.id, timestamp, userId: side.userId, traits, context },
      ]);
      if (human.recognised)
        played.told.push({
          side: side.name,
          says: [
            identifier("user_id", side.userId ?? ""),
            identifier("email", side.email),
            ...(side.life === "private" ? [identifier("phone", human.mobile)] : []),
          ],
        });
      return;
    }
    case "order": {
      const anonymousId = played.orderedAs.get(`${act.device.number} ${act.side.name}`);
      if (anonymousId === undefined) return;
      await site.serve(act.arrives, [
        {
          type: "track",
          event: "Order Completed",
          messageId: act.id,
          timestamp,
          userId: act.side.userId,
          anonymousId,
          context: { consent: consentOf(act.human) },
        },
      ]);
    }
  }
}

/** The key under which the product knows an identifier. */
export function keyOf(site: Site, said: string): Promise<IdentifierKey> {
  const at = said.indexOf(":");
  return site.keyOf(said.slice(0, at) as IdentifierKind, said.slice(at + 1));
}
