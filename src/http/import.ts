/** `POST /_u/api/import?kind=people|events|spend`: a file that a marketer brings. */
import { approveOrigin, isApproved, listOrigins, withdrawOrigin } from "../d1/imports.ts";
import { isPhoneCountry } from "../domain/identity/phones.ts";
import { Problem } from "../domain/problem.ts";
import { asked, iso, named } from "./api/input.ts";
import { forRole } from "./auth.ts";
import type { Call, Context } from "./context.ts";
import { type Asked, importFile, KINDS, ORIGIN } from "./import/run.ts";
import { json } from "./respond.ts";

export const postImport = forRole("marketer", async (request, context) => {
  const wanted = await readAsked(request);
  if (!request.body) throw new Problem("bad_request", "The body is the file, as CSV.");
  return json(await importFile(wanted, request.body, context));
});

const wrong = (path: string, message: string): Problem => new Problem("invalid", message, { path });

/** @throws Problem `invalid` with the parameter that is wrong */
async function readAsked(request: Call): Promise<Asked> {
  const kind = KINDS.find((each) => each === asked(request, "kind"));
  if (!kind) throw wrong("kind", `must be one of ${KINDS.join(", ")}`);
  const origin = readOrigin(asked(request, "origin"));
  const country = await readCountry(asked(request, "country"));
  const from = Number(asked(request, "from") ?? 2);
  if (!Number.isInteger(from) || from < 2)
    throw wrong("from", "must be the number of a line, from 2 on");
  return { kind, origin, country, from };
}

/** @throws Problem `invalid` at `origin` */
export function readOrigin(text: string | undefined): string {
  const origin = text ?? "upload";
  if (ORIGIN.test(origin)) return origin;
  throw wrong("origin", "must be letters, figures, spaces and . : / - _, at most 100 in all");
}

/** @throws Problem `invalid` at `country` */
export async function readCountry(text: string | undefined): Promise<string | null> {
  const country = text?.toUpperCase() ?? null;
  if (country === null || (await isPhoneCountry(country))) return country;
  throw wrong("country", "must be a country that we know the calling code of, like DE");
}

const inWords = (origin: Awaited<ReturnType<typeof approveOrigin>>) => ({
  origin: origin.origin,
  firstSeen: iso(origin.firstSeen),
  approved:
    origin.approvedAt === null ? null : { at: iso(origin.approvedAt), by: origin.approvedBy },
  /** Of an approval that doesn't count any more. */
  withdrawn:
    origin.withdrawnAt === null ? null : { at: iso(origin.withdrawnAt), by: origin.withdrawnBy },
  counts: isApproved(origin),
});

export const getOrigins = forRole("either", async (_request, context: Context) =>
  json({ origins: (await listOrigins(context.db)).map(inWords) }),
);

/** @throws Problem `not_found` for what can't be one */
export function requireOriginName(text: string | null | undefined): string {
  if (text && ORIGIN.test(text)) return text;
  throw new Problem("not_found", "there is no such origin");
}

const originOf = (request: Call): string => requireOriginName(named(request, "origin"));

export const postApproval = forRole("officer", async (request, context, role) =>
  json(inWords(await approveOrigin(context.db, originOf(request), role, context.now))),
);

export const postWithdrawal = forRole("officer", async (request, context, role) =>
  json(inWords(await withdrawOrigin(context.db, originOf(request), role, context.now))),
);
