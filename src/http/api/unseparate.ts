/** `DELETE /_u/api/separate?a=&b=`: an officer takes back that two persons are kept apart. */
import { type HistoryEntry, withReason } from "../../domain/identity/history.ts";
import type { PersonId, VisitorId } from "../../domain/ids.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import { Problem } from "../../domain/problem.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { requireVisitorId } from "./identifiers.ts";
import { asked } from "./input.ts";
import { loadPerson } from "./person.ts";
import { hasHeard } from "./personas.ts";
import { until } from "./waiting.ts";
import { WHY_MAX } from "./why.ts";

/**
 * Whoever of the one is kept apart from whoever of the other, by a human or by the policy, is so no more, and what they said is
 * weighed again: the merge policy may join them, or find once more that they are two. Gives the persons that they are; said again,
 * it is answered the same.
 * @throws Problem `not_found` where there is nobody of an id, or nothing keeps the two apart
 */
export async function unseparatePeople(
  context: Context,
  { a, b, why }: { a: VisitorId; b: VisitorId; why?: string | undefined },
  by: string,
): Promise<PersonId[]> {
  const [left, right] = await Promise.all([loadPerson(context, a), loadPerson(context, b)]);
  const told = keptFrom(left, right);
  const isDone = told.length === 0 || left.id === right.id;
  if (isDone && isTakenBack(left, right)) return [...new Set([left.id, right.id])];
  if (isDone) throw new Problem("not_found", "nothing keeps these two apart");
  const [first, second] = [left.id, right.id].toSorted();
  const entry = (other: VisitorId): HistoryEntry => ({
    id: `${first}.${second}:${context.now}`,
    op: "unseparate",
    at: context.now,
    by,
    because: withReason("nothing but the merge policy keeps these two apart any more", why),
    evidence: "human",
    other,
  });
  await Promise.all(
    told.map(([visitor, from]) => {
      const command = crypto.randomUUID();
      const amendment = { do: "unseparate", from, command, entry: entry(from[0]) } as const;
      return context.people.amend(visitor, amendment);
    }),
  );
  const others = new Set(told.flatMap(([, from]) => from));
  for (const other of others) await until(() => hasHeard(context, other, entry(other)));
  return [left.id, right.id];
}

/** Each of the one person who keeps somebody of the other apart, or whom they do, with all of those. */
function keptFrom(one: PersonView, other: PersonView): [VisitorId, [VisitorId, ...VisitorId[]]][] {
  return one.visitors.flatMap(({ id, separate }) => {
    const [first, ...rest] = other.visitors.flatMap((each) =>
      separate.includes(each.id) || each.separate.includes(id) ? [each.id] : [],
    );
    return first === undefined ? [] : [[id, [first, ...rest]]];
  });
}

/** Whether that is the last word on anybody of the one and of the other. */
function isTakenBack(one: PersonView, other: PersonView): boolean {
  const words = (from: PersonView, about: PersonView): HistoryEntry[] =>
    (from.history ?? []).filter(
      (said) =>
        (said.op === "separate" || said.op === "unseparate") &&
        about.visitors.some(({ id }) => id === said.other),
    );
  const said = [...words(one, other), ...words(other, one)];
  return said.toSorted((x, y) => x.at - y.at).at(-1)?.op === "unseparate";
}

export const deleteSeparate = forRole("officer", async (request, context, role) => {
  const a = requireVisitorId(asked(request, "a"));
  const b = requireVisitorId(asked(request, "b"));
  isAbout(request, [a, b]);
  const why = asked(request, "why")?.slice(0, WHY_MAX);
  return json({ people: await unseparatePeople(context, { a, b, why }, role) });
});
