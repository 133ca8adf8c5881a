/**
 * The console's session: a signed cookie that says which role signed in and until when. It is signed under a key made
 * from that role's token, so that changing the token ends the sessions that began with it, and over the role's generation, so
 * that whoever holds the token can end them all. Of a session itself nothing is stored.
 */
import type { Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { toBase64Url } from "../keys/base64url.ts";
import { readAccess } from "./access.ts";
import { type Role, ROLES, tokenOf } from "./auth.ts";
import { renewSessions, sessionGeneration } from "../d1/sessions.ts";
import type { Config, Context } from "./context.ts";
import { bytesOf, mac, sameSecret } from "./secrets.ts";

/** Characters of the nonce that name a session in the audit log: too few to sign it in. */
const SUBJECT = 8;
const HOURS_12 = 12 * 60 * 60;

export interface Session {
  role: Role;
  /** An id of this sign-in; behind Cloudflare Access that of the person there. */
  subject: string;
  /** When it is over at the latest; null behind Cloudflare Access, which decides that. */
  until: Millis | null;
  /** To be sent back by every form. */
  formToken: string;
}

type Ports = Pick<Context, "config" | "db" | "now">;

const LOCAL: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Browsers keep no Secure cookie from plain http; on the developer's own machine it goes without. */
const isLocal = (url: URL): boolean => url.protocol === "http:" && LOCAL.has(url.hostname);

const PLAIN = "usher-session";
const SECURE = "__Host-usher-session";
const cookieName = (url: URL): string => (isLocal(url) ? PLAIN : SECURE);

const SESSION = new RegExp(`^[ \\t]*(?:${PLAIN}|${SECURE})[ \\t]*=`);

/** Cookies as they are handed on to others: the console's session is nobody's but ours. Null where nothing is left. */
export function withoutSession(cookies: string): string | null {
  const others = cookies.split(";").filter((pair) => !SESSION.test(pair));
  return others.length === 0 ? null : others.join(";").trimStart();
}

function cookie(url: URL, value: string, seconds: number): string {
  const secure = isLocal(url) ? "" : "; Secure";
  return `${cookieName(url)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

const signature = async (role: Role, config: Config, text: string): Promise<string> =>
  mac(bytesOf(`usher console session:${tokenOf(role, config)}`), text);

/** What a session's signature is over. */
const signedText = (body: string, generation: string): string =>
  generation === "" ? body : `${body}.${generation}`;

/** The Set-Cookie that begins a session of twelve hours, and what the audit log calls it. */
export async function beginSession(
  request: Request,
  { config, db, now }: Ports,
  role: Role,
): Promise<{ cookie: string; subject: string }> {
  const until = Math.floor(now / 1000) + HOURS_12;
  const nonce = toBase64Url(crypto.getRandomValues(new Uint8Array(12)));
  const body = `${role}.${until}.${nonce}`;
  const text = signedText(body, await sessionGeneration(db, role));
  const signed = `${body}.${await signature(role, config, text)}`;
  return {
    cookie: cookie(new URL(request.url), signed, HOURS_12),
    subject: nonce.slice(0, SUBJECT),
  };
}

export const endSession = (request: Request): string => cookie(new URL(request.url), "", 0);

/** Ends every session of this role, in whatever browser, at once. */
export const endAllSessions = ({ db, now }: Ports, role: Role): Promise<void> =>
  renewSessions(db, role, toBase64Url(crypto.getRandomValues(new Uint8Array(12))), now);

const SHAPE = /^([a-z]{1,16})\.(\d{1,12})\.([\w-]{16})\.([\w-]{43})$/;

/**
 * Null without a session, or with one that is over, forged, ended everywhere, or of a token that was changed since. Behind
 * Cloudflare Access its token on each request is the session, and our own cookie counts for nothing.
 * @throws Problem `unavailable` when the keys of Access can't be read.
 */
export async function readSession(request: Request, ports: Ports): Promise<Session | null> {
  const { config, now } = ports;
  if (!config.access) return readCookie(request, ports);
  const found = await readAccess(request, config.access, now);
  if (found === null) return null;
  const { role, subject, issued } = found;
  const formToken = await signature(role, config, `form:access:${subject}:${issued}`);
  return { role, subject, until: null, formToken };
}

async function readCookie(request: Request, { config, db, now }: Ports): Promise<Session | null> {
  const name = cookieName(new URL(request.url));
  const found = (request.headers.get("cookie") ?? "")
    .split(/; */)
    .find((pair) => pair.startsWith(`${name}=`));
  const [, named, until, nonce, signed] = SHAPE.exec(found?.slice(name.length + 1) ?? "") ?? [];
  const role = ROLES.find((each) => each === named);
  if (!role || !until || !nonce || !signed || Number(until) * 1000 <= now) return null;
  if (tokenOf(role, config) === "") return null;
  const body = `${role}.${until}.${nonce}`;
  const text = signedText(body, await sessionGeneration(db, role));
  if (!(await sameSecret(signed, await signature(role, config, text)))) return null;
  return {
    role,
    subject: nonce.slice(0, SUBJECT),
    until: Number(until) * 1000,
    formToken: await signature(role, config, `form:${text}`),
  };
}

/** @throws Problem `forbidden_origin` unless a page of ours sent this form. */
export function requireSameOrigin(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const same = site === null ? origin === new URL(request.url).origin : site === "same-origin";
  if (!same)
    throw new Problem("forbidden_origin", "forms of the console are sent from its own pages");
}

/** @throws Problem `forbidden` unless the form carries the session's own token. */
export async function requireFormToken(given: string | null, session: Session): Promise<void> {
  if (given !== null && (await sameSecret(given, session.formToken))) return;
  throw new Problem("forbidden", "this form is from another session; open the page again");
}
