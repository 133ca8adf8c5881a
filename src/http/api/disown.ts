/** `PUT /_u/api/devices/{id}/identifiers`: an officer says whether an identifier that a device said is its own. */
import * as v from "valibot";
import { kindOf, namesDevice } from "../../domain/identity/claims.ts";
import { type HistoryEntry, withReason } from "../../domain/identity/history.ts";
import { nameOf } from "../../domain/identity/policy.ts";
import { isDisowned } from "../../domain/identity/turned-down.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../domain/ids.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import { Problem } from "../../domain/problem.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { keyOf } from "../identifier-key.ts";
import { json } from "../respond.ts";
import { requireIdentifier, requireVisitorId } from "./identifiers.ts";
import { readBody } from "./input.ts";
import { loadPerson } from "./person.ts";
import { until } from "./waiting.ts";
import { reasonIn, Why } from "./why.ts";

export const OwnRequest = v.strictObject({
  /** `<kind>:<value>` */
  identifier: v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(600)),
  /** False: it isn't this device's. */
  own: v.boolean(),
  why: Why,
});
export type OwnRequest = v.InferOutput<typeof OwnRequest>;

export interface OwnAnswer {
  visitor: VisitorId;
  kind: string;
  own: boolean;
  /** Merges that were taken back by it. */
  merges: MergeId[];
}

/**
 * What isn't a device's joins it with nobody until that is taken back, or it is said there more surely; what it joined is
 * parted. Said twice is said once.
 * @throws Problem `not_found` where there is nobody of the id, or the device didn't say it; `invalid` for what names a browser
 */
export async function sayOwn(
  context: Context,
  visitor: VisitorId,
  { identifier, own, why }: OwnRequest,
  by: string,
): Promise<OwnAnswer> {
  const key = await keyOf(requireIdentifier(identifier), context);
  const kind = kindOf(key);
  if (namesDevice(kind))
    throw new Problem("invalid", "must name a person, not a browser", { path: "identifier" });
  const before = await loadPerson(context, visitor);
  if (isSaid(before, visitor, key, own)) return { visitor, kind, own, merges: [] };
  const entry: HistoryEntry = {
    id: `${visitor}:${kind}:${context.now}`,
    op: own ? "own" : "disown",
    at: context.now,
    by,
    because: withReason(
      own
        ? `this ${nameOf(key)} is this device's after all`
        : `this ${nameOf(key)} isn't this device's`,
      why,
    ),
    evidence: kind,
    other: null,
  };
  // A person that is moving takes no other change; it is said again.
  const after = await until(async () => {
    await context.people.amend(
      visitor,
      own
        ? { do: "own", identifier: key, entry }
        : { do: "disown", identifier: key, ...reasonIn({ why }), entry },
    );
    const view = await loadPerson(context, visitor);
    return isSaid(view, visitor, key, own) ? view : null;
  });
  if (after === null)
    throw new Problem("unavailable", "this person is being moved; try again", { retryAfter: 2 });
  const gone = after.undone.filter(({ undone }) => undone.reason === "disowned");
  const stood = new Set(before.edges.map(({ id }) => id));
  return { visitor, kind, own, merges: gone.flatMap(({ id }) => (stood.has(id) ? [id] : [])) };
}

/** @throws Problem `not_found` where this visitor doesn't say it */
function isSaid(view: PersonView, visitor: VisitorId, key: IdentifierKey, own: boolean): boolean {
  const claim = view.visitors
    .find(({ id }) => id === visitor)
    ?.claims.find((each) => each.key === key);
  if (!claim) throw new Problem("not_found", "this device didn't say this identifier");
  return isDisowned(claim) !== own;
}

export const putOwn = forRole("officer", async (request, context, role) => {
  const visitor = requireVisitorId(request.params["id"]);
  isAbout(request, [visitor]);
  return json(await sayOwn(context, visitor, await readBody(request, OwnRequest), role));
});
