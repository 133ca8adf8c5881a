/** Identifiers that too many said at once: shown to officers, who may let them join people again. */
import { kindOf } from "../../domain/identity/claims.ts";
import type { IdentifierKey } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { listQuarantined, release } from "../../d1/quarantine.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { iso, pageSize } from "./input.ts";
import { findPerson, identifiersByKey } from "./person.ts";

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

export const deleteQuarantined = forRole("officer", async (request, context) => {
  const id = decodeURIComponent(request.params["id"] ?? "") as IdentifierKey;
  if (!(await release(context.db, id)))
    throw new Problem("not_found", "there is nothing of this id in quarantine");
  return json({ released: id });
});
