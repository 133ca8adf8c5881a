/** What the tests of next actions share: browsers that consented, catalogues of one action, hints as they are asked for. */
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import type { Action, Catalogue } from "../../../src/domain/action/catalogue.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { standing } from "../../../src/domain/action/holdout.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { catalogues, learning } from "../../../src/http/documents.ts";
import { testBindings } from "../../support/bindings.ts";
import { api, Browser, eventually, type Said } from "../../support/site.ts";

export const PHONE = {
  "user-agent":
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
};

export async function consenting(headers: Record<string, string> = {}): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE", ...headers });
  await browser.consent({ accept: "all" });
  return browser;
}

/** A browser whose visitor stands below, or not below, this share. */
export async function inArm(held: boolean, share: number): Promise<Browser> {
  for (;;) {
    const browser = await consenting();
    if (standing(browser.visitor as VisitorId) < share === held) return browser;
  }
}

/** An action that fits everybody. */
export const anyone: Action = {
  ...(STARTER_CATALOGUE.actions[0] as Action),
  id: "anyone",
  conditions: {},
};

export async function offer(actions: readonly Partial<Action>[], more: Partial<Catalogue> = {}) {
  const saved = await api(
    "/actions",
    undefined,
    { actions: actions.map((action) => ({ ...anyone, ...action })), ...more },
    "PUT",
  );
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
  // Several Workers may share the isolate's memory in tests; the next call reads what was saved.
  catalogues.forget(env.DB);
  learning.forget(env.DB);
}

export const next = (browser: Browser, slot = "hero", at?: number): Promise<Said> =>
  browser.call(`/_u/next?slot=${slot}`, undefined, nowHeader(at));

export const nowHeader = (at?: number): Record<string, string> =>
  at === undefined ? {} : { "usher-now": new Date(at).toISOString() };

export const idOf = (said: Said): string | null =>
  (said.body["action"] as { id: string } | null)?.id ?? null;

export const settle = (browser: Browser, hint: unknown, outcome: string, at?: number) =>
  browser.call(`/_u/hints/${String(hint)}/${outcome}`, {}, nowHeader(at));

const tokenOf = (member: string): Promise<string> => {
  const [kid = "", secret = ""] = testBindings.TOKEN_KEYS.split(":");
  return new SignJWT({ sub: member })
    .setProtectedHeader({ alg: "HS256", kid })
    .setAudience(testBindings.SITE_NAME)
    .setExpirationTime("1h")
    .sign(Uint8Array.from(atob(secret), (character) => character.charCodeAt(0)));
};

/** A proven sign-in, as the site's own page sends it. */
export async function signIn(browser: Browser, member: string): Promise<void> {
  await browser.send("identify", {
    userId: member,
    messageId: crypto.randomUUID(),
    context: { identityToken: await tokenOf(member) },
  });
}

/** Browsers become one person by a verified user id of their own. */
export async function mergeBySignIn(
  browsers: readonly Browser[],
): Promise<{ id: string; merges: { id: string }[] }> {
  const member = `member-${crypto.randomUUID()}`;
  for (const browser of browsers) await signIn(browser, member);
  return eventually(async () => {
    const { body } = await api(`/people/${browsers[0]?.visitor}`);
    const person = body as unknown as {
      id: string;
      visitors: unknown[];
      merges: { id: string; undone: unknown }[];
    };
    return person.visitors?.length === browsers.length ? person : null;
  });
}
