/** Identifiers that too many said at once: shown to officers, who may let them join people again. */
import { kindOf } from "../../domain/identity/claims.ts";
import type { IdentifierKey } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { type HistoryEntry, withReason } from "../../domain/identity/history.ts";
import { nameOf } from "../../domain/identity/policy.ts";
import { isQuarantined, listQuarantined, logRelease, release } from "../../d1/quarantine.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { asked, iso, pageSize } from "./input.ts";
import { findPerson, identifiersByKey } from "./person.ts";

const WHY_MAX = 500;

const noneHeld = (): Problem =>
  new Problem("not_found", "there is nothing of this id in quarantine");

/** The id is the identifier's keyed name: nobody can tell the value from it. */
export const getQuarantine = forRole("officer", async (request, context) => {
  const held = await listQuarantined(context.db, pageSize(request));
  const claimants = await context.index.claimants(held.map(({ identifier }) => identifier));
  const lines = held.map(async ({ identifier, at, visitors }) => {
    const [owner] = claimants.get(identifier) ?? [];
    const view = owner ? await findPerson(context, owner) : null;
    const named = view ? await identifiersByKey(context, view.visitors) : null;
    return {
      id: identifier,
      kind: kindOf(identifier),
      value: named?.get(identifier)?.value ?? null,
      at: iso(at),
      visitors,
      /** Whose it was before the flood. */
      person: view?.id ?? null,
    };
  });
  return json({ quarantined: await Promise.all(lines) });
});

/** Logged before it is done. Who said it first, and so has it if anybody has, keeps it too. */
export const deleteQuarantined = forRole("officer", async (request, context, role) => {
  const id = decodeURIComponent(request.params["id"] ?? "") as IdentifierKey;
  if (!(await isQuarantined(context.db, id))) throw noneHeld();
  const [first] = (await context.index.claimants([id])).get(id) ?? [];
  const why = asked(request, "why")?.slice(0, WHY_MAX);
  const entry: HistoryEntry = {
    id: `release:${context.now}:${kindOf(id)}`,
    op: "release",
    at: context.now,
    by: role,
    because: withReason(`this ${nameOf(id)} may join people again`, why),
    evidence: kindOf(id),
    other: null,
  };
  if (first) await context.people.amend(first, { do: "note", entry });
  else await logRelease(context.db, entry);
  if (!(await release(context.db, id))) throw noneHeld();
  return json({ released: id });
});
