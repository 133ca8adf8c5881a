/**
 * Who saw and did what, written down for every call of the API and every page of the console that somebody with a role
 * made: the role, an id of the sign-in, the route, the ids it was about, and how it was answered. Never what was searched
 * for, never a name or an address.
 */
import { isVisitorId, shortId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { writeAudit } from "../d1/audit.ts";
import type { Role } from "./auth.ts";
import type { Call, Context, Handler, Route } from "./context.ts";
import { statusOf } from "./respond.ts";

export interface Actor {
  via: "console" | "api";
  role: Role;
  /** Of one sign-in, or of the person in Cloudflare Access; empty for a token of the API. */
  subject: string;
}

interface Trail {
  actor: Actor | null;
  about: Set<string>;
}

/** What is known of a request so far. It goes when the request goes. */
const trails = new WeakMap<Request, Trail>();

function trailOf(request: Request): Trail {
  const known = trails.get(request) ?? { actor: null, about: new Set<string>() };
  trails.set(request, known);
  return known;
}

/** Said where a role was established. Without it nothing is written: strangers can't fill the log. */
export function actsAs(request: Request, actor: Actor): void {
  trailOf(request).actor = actor;
}

const ID = /^[\w.-]{1,60}$/;
/** Ids of one entry; who is about more leaves several that say the same otherwise. */
const AN_ENTRY = 100;
/** Ids of one call: a page names a hundred people at most, a file that is made while it is fetched three hundred. */
const A_CALL = 1_000;

/** Says whom a request turned out to be about, by ids of persons, visitors, merges or requests. */
export function isAbout(request: Request, ids: Iterable<string>): void {
  const { about } = trailOf(request);
  for (const id of ids) if (about.size < A_CALL && ID.test(id)) about.add(id);
}

/**
 * What the log calls these ids. A visitor's stands under a keyed name: the log is never rewritten, and an erasure leaves
 * nothing that leads to the erased.
 */
export const namedIn = async (
  { identifiers }: Pick<Context, "identifiers">,
  ids: Iterable<string>,
): Promise<string[]> =>
  Promise.all(
    [...ids].map(async (id) => {
      // A suggestion's id is made of those of two.
      const parts = id
        .split(".")
        .map((part) => (isVisitorId(part) ? identifiers.auditName(part) : part));
      return (await Promise.all(parts)).join(".");
    }),
  );

/** Writes down what somebody did, with nobody's name in it. */
export async function record(
  context: Pick<Context, "identifiers" | "db" | "now">,
  entry: {
    actor: Omit<Actor, "role"> & { role: Role | "" };
    act: string;
    whose: Iterable<string>;
    outcome: number;
  },
): Promise<void> {
  const names = await namedIn(context, entry.whose);
  const { actor, act, outcome } = entry;
  const entries = Array.from(
    { length: Math.max(1, Math.ceil(names.length / AN_ENTRY)) },
    (_, n) => ({
      at: context.now,
      id: shortId(crypto.getRandomValues(new Uint8Array(8))),
      ...actor,
      act,
      whose: names.slice(n * AN_ENTRY, (n + 1) * AN_ENTRY).join(" "),
      outcome,
    }),
  );
  await writeAudit(context.db, ...entries);
}

/**
 * Whom a file names that is made bit by bit and fetched later: each entry names the file, too, by which the log finds who
 * fetched it.
 */
export async function recordInFile(
  context: Pick<Context, "identifiers" | "db" | "now">,
  file: { act: string; id: string; by: Role },
  named: readonly string[],
): Promise<void> {
  const ids = [...new Set(named)];
  const actor: Actor = { via: "console", role: file.by, subject: file.id };
  for (let from = 0; from < ids.length; from += AN_ENTRY - 1) {
    const whose = [file.id, ...ids.slice(from, from + AN_ENTRY - 1)];
    await record(context, { actor, act: file.act, whose, outcome: 200 });
  }
}

/**
 * The handler, with what it did written down. What is about somebody is shown only when that was written; what was done is
 * done, so there the answer stands and the log says that it wasn't.
 */
export function audited([method, path, handler]: Route): Handler {
  const act = `${method} ${path}`;
  return async (request, context) => {
    let answer: Response;
    try {
      answer = await handler(request, context);
    } catch (error) {
      await keep(request, context, act, statusOf(error));
      throw error;
    }
    const kept = await keep(request, context, act, answer.status);
    if (kept || method !== "GET") return answer;
    throw new Problem("unavailable", "this can't be written down now, so it isn't shown");
  };
}

/** False where somebody was concerned and it couldn't be written. What concerns nobody is written behind the answer. */
async function keep(
  request: Call,
  context: Context,
  act: string,
  outcome: number,
): Promise<boolean> {
  const { actor, about } = trailOf(request);
  if (actor === null) return true;
  const { id, visitor = new URL(request.url).searchParams.get("visitor") } = request.params;
  isAbout(
    request,
    [id, visitor].filter((each) => typeof each === "string"),
  );
  const entry = record(context, { actor, act, whose: about, outcome }).then(
    () => true,
    (error: unknown) => {
      const name = error instanceof Error ? error.name : "unknown";
      console.error(JSON.stringify({ message: "the audit log wasn't written", error: name }));
      return false;
    },
  );
  if (about.size > 0) return entry;
  context.waitUntil(entry);
  return true;
}
