/** Who is meant by what an officer types: an id, or an identifier that one person said. */
import { isVisitorId, type VisitorId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { claimantsOf, guesses } from "../http/api/identifiers.ts";
import { findPerson, loadPerson } from "../http/api/person.ts";
import type { Context } from "../http/context.ts";
import { Field } from "./field.tsx";
import { sentence } from "./words.ts";

/** @throws Problem `not_found`, or `conflict` where an identifier leads to several people */
async function personMeant(context: Context, text: string): Promise<VisitorId> {
  if (isVisitorId(text)) return (await loadPerson(context, text)).id;
  const visitors = await claimantsOf(context, guesses(text));
  const views = await Promise.all(visitors.map((visitor) => findPerson(context, visitor)));
  const ids = [...new Set(views.flatMap((view) => (view ? [view.id] : [])))];
  const [id] = ids;
  if (id === undefined) throw new Problem("not_found", "nobody said this identifier");
  if (ids.length > 1)
    throw new Problem(
      "conflict",
      "several people said this identifier; take the id of one of them",
    );
  return id;
}

/** As a form tells it: the person, or why what was typed leads to none. */
export async function personOrFault(
  context: Context,
  text: string,
): Promise<VisitorId | { message: string }> {
  try {
    if (text.trim() === "") throw new Problem("invalid", "say who: an id or an identifier");
    return await personMeant(context, text.trim());
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { message: sentence(error.message) };
  }
}

/** Asks whom to join with: on the person's page, and again where what was typed leads to nobody. */
export const WhoToJoin = ({ person, typed }: { person: string; typed?: string }) => (
  <form method="get" action="/_u/console/merges/new" class="search">
    <input type="hidden" name="a" value={person} />
    <Field name="b" label="Their id or identifier" grow>
      {(wired) => <input {...wired} required autocomplete="off" spellcheck={false} value={typed} />}
    </Field>
    <button type="submit" class="quiet">
      Look at both
    </button>
  </form>
);
