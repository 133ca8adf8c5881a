/**
 * Who may call what. Trusted people hold a token of their role; an owner may do all, an officer and a marketer each
 * their own. The API takes tokens alone and no cookie, so that no other site can make a browser call it.
 */
import { Problem } from "../domain/problem.ts";
import { actsAs } from "./audit.ts";
import type { Config, Handler } from "./context.ts";
import { isOwnOrigin } from "./origin.ts";
import { sameSecret } from "./secrets.ts";

export const ROLES = ["owner", "officer", "marketer"] as const;
export type Role = (typeof ROLES)[number];

/** Whose call it is. An owner may do it too. */
export type Needed = "owner" | "officer" | "marketer" | "either";

export const mayDo = (role: Role, needed: Needed): boolean =>
  role === "owner" || needed === "either" || role === needed;

export const tokenOf = (role: Role, config: Config): string =>
  ({ owner: config.ownerToken, officer: config.officerToken, marketer: config.marketerToken })[
    role
  ];

/** The role a token stands for. All are compared, so that the time says nothing. */
export async function roleOf(token: string, config: Config): Promise<Role | null> {
  const matches = await Promise.all(ROLES.map((role) => sameSecret(token, tokenOf(role, config))));
  return ROLES.find((_, index) => matches[index]) ?? null;
}

const BEARER = /^Bearer +([^\s]{1,512})$/i;

/** Null without a good token. */
export async function roleInHeader(request: Request, config: Config): Promise<Role | null> {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  return token === undefined ? null : roleOf(token, config);
}

/** @throws Problem `unauthorized` without a good token, `forbidden` for another role. */
export async function requireRole(request: Request, config: Config, needed: Needed): Promise<Role> {
  const role = await roleInHeader(request, config);
  if (role === null)
    throw new Problem(
      "unauthorized",
      "this call needs Authorization: Bearer with a token of yours",
    );
  actsAs(request, { via: "api", role, subject: "" });
  if (!mayDo(role, needed))
    throw new Problem("forbidden", `this call is for the ${needed}, and the token is another's`);
  return role;
}

/** A browser says where a page that makes it call is from, also where that page knows a token; programs say nothing. */
function requireOwnPage(request: Request, config: Config): void {
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads && request.headers.has("origin") && !isOwnOrigin(request, config))
    throw new Problem("forbidden_origin", "This origin isn't among the site's own.");
}

/** A handler that only `needed` reaches; it is told which role it was. */
export const forRole =
  (
    needed: Needed,
    handler: (...args: [...Parameters<Handler>, Role]) => Promise<Response>,
  ): Handler =>
  async (request, context) => {
    const role = await requireRole(request, context.config, needed);
    requireOwnPage(request, context.config);
    return handler(request, context, role);
  };
