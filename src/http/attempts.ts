/**
 * How often a wrong token may be tried. The platform's limiter counts where it is bound; what holds without it is counted
 * in the audit log, by network under a name that changes every day, so that no address is kept.
 */
import { countAudit } from "../d1/audit.ts";
import { dayOf, type Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { lineOf } from "../domain/suggestion/networks.ts";
import { record } from "./audit.ts";
import { networkOf } from "./collect/visitor.ts";
import type { Context } from "./context.ts";
import { mac } from "./secrets.ts";

const WINDOW_MS = 15 * 60_000;
/** Wrong tokens from one network within the window. People mistype; nobody guesses 96 random bits in ten tries. */
const WRONG_MAX = 10;

export const SIGN_IN = "POST /_u/console/sign-in";

const addressOf = (request: Request): string => request.headers.get("cf-connecting-ip") ?? "";

async function networkName(request: Request, { config, now }: Context): Promise<string> {
  const text = `sign-in network ${dayOf(now)} ${networkOf(addressOf(request))}`;
  return `net:${(await mac(config.identifierKey, text)).slice(0, 12)}`;
}

/** @throws Problem `rate_limited` */
export async function requireAttempt(request: Request, context: Context): Promise<void> {
  const { limiter } = context;
  const key = `sign-in:${lineOf(addressOf(request))}`;
  // In trouble it turns nobody away: wrong tokens are counted below.
  const limited = await limiter?.limit({ key }).catch(() => undefined);
  if (limited?.success === false) throw tooMany("Wait a minute.", 60_000);
  const wrong = await countAudit(context.db, {
    act: SIGN_IN,
    subject: await networkName(request, context),
    outcome: 401,
    since: context.now - WINDOW_MS,
    atMost: WRONG_MAX,
  });
  if (wrong >= WRONG_MAX) throw tooMany("Wait a quarter of an hour.", WINDOW_MS);
}

const tooMany = (advice: string, wait: Millis): Problem =>
  new Problem("rate_limited", `Too many attempts came from your network. ${advice}`, {
    retryAfter: wait / 1000,
  });

/** Written before the answer, so that the next attempt is counted after it. */
export const wrongAttempt = async (request: Request, context: Context): Promise<void> =>
  record(context, {
    actor: { via: "console", role: "", subject: await networkName(request, context) },
    act: SIGN_IN,
    whose: [],
    outcome: 401,
  });
