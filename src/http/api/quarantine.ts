/** Identifiers that too many said: shown to officers, who may let them join people again, and block others. */
import * as v from "valibot";
import { kindOf } from "../../domain/identity/claims.ts";
import type { IdentifierKey } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { type HistoryEntry, withReason } from "../../domain/identity/history.ts";
import { nameOf } from "../../domain/identity/policy.ts";
import {
  block,
  isQuarantined,
  listQuarantined,
  logDecision,
  release,
} from "../../d1/quarantine.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { mergeRules } from "../documents.ts";
import { keyOf } from "../identifier-key.ts";
import { json } from "../respond.ts";
import { requireIdentifier } from "./identifiers.ts";
import { asked, iso, pageSize, readBody } from "./input.ts";
import { findPerson, identifiersByKey } from "./person.ts";

const WHY_MAX = 500;

const noneHeld = (): Problem =>
  new Problem("not_found", "there is nothing of this id in quarantine");

/** The id is the identifier's keyed name: nobody can tell the value from it. */
export const getQuarantine = forRole("officer", async (request, context) => {
  const held = await listQuarantined(context.db, pageSize(request));
  const claimants = await context.index.claimants(held.map(({ identifier }) => identifier));
  const lines = held.map(async ({ identifier, at, why, visitors }) => {
    const [owner] = claimants.get(identifier) ?? [];
    const view = owner ? await findPerson(context, owner) : null;
    const named = view ? await identifiersByKey(context, view.visitors) : null;
    return {
      id: identifier,
      kind: kindOf(identifier),
      value: named?.get(identifier)?.value ?? null,
      at: iso(at),
      visitors,
      blocked: why === "blocked",
      /** Whether those who prove it are held up, too. */
      proven: why !== "said",
      /** Whose it was before the flood. */
      person: view?.id ?? null,
    };
  });
  return json({ quarantined: await Promise.all(lines) });
});

export const BlockRequest = v.strictObject({
  identifier: v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(600)),
  why: v.optional(v.pipe(v.string(), v.maxLength(WHY_MAX))),
});

/** Those whom it joined stay joined until somebody undoes that. */
export const postQuarantined = forRole("officer", async (request, context, role) => {
  const { identifier, why } = await readBody(request, BlockRequest);
  const id = await keyOf(requireIdentifier(identifier), context);
  await log(context, id, {
    id: `block:${context.now}:${kindOf(id)}`,
    op: "block",
    at: context.now,
    by: role,
    because: withReason(`this ${nameOf(id)} names nobody`, why),
    evidence: kindOf(id),
    other: null,
  });
  await block(context.db, id, context.now);
  mergeRules.forget(context.db);
  return json({ blocked: id });
});

/** Before it is done. Who said it first, and so has it if anybody has, keeps it too. */
async function log(context: Context, id: IdentifierKey, entry: HistoryEntry): Promise<void> {
  const [first] = (await context.index.claimants([id])).get(id) ?? [];
  if (first) await context.people.amend(first, { do: "note", entry });
  else await logDecision(context.db, entry);
}

export const deleteQuarantined = forRole("officer", async (request, context, role) => {
  const id = decodeURIComponent(request.params["id"] ?? "") as IdentifierKey;
  if (!(await isQuarantined(context.db, id))) throw noneHeld();
  const why = asked(request, "why")?.slice(0, WHY_MAX);
  await log(context, id, {
    id: `release:${context.now}:${kindOf(id)}`,
    op: "release",
    at: context.now,
    by: role,
    because: withReason(`this ${nameOf(id)} may join people again`, why),
    evidence: kindOf(id),
    other: null,
  });
  if (!(await release(context.db, id, context.now))) throw noneHeld();
  mergeRules.forget(context.db);
  return json({ released: id });
});
