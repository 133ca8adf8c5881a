/** Who may be suggested to be one person, and who never. */
import type { VisitorId } from "../ids.ts";
import { severedVisitor } from "../identity/evidence.ts";
import type { MergeRules } from "../identity/rules.ts";
import { sharingOf } from "../identity/sharing.ts";
import { factsOf } from "../identity/view-facts.ts";
import type { PersonView, VisitorView } from "../person/calls.ts";

/**
 * Recognised at this moment, and said where one human speaks for themselves: what is typed on a device of several people
 * may be anybody's.
 */
export function isComparable(visitor: VisitorView, rules: MergeRules): boolean {
  const { retired, origin, device } = visitor;
  const { recognition: recognised } = factsOf(visitor);
  const shared = origin === "browser" && sharingOf(device, rules) !== "personal";
  return recognised && !retired && !shared;
}

export const isOne = (view: PersonView, other: VisitorId): boolean =>
  view.visitors.some(({ id }) => id === other);

/**
 * Whether somebody or something said already that they are two: two personas, a merge that was taken back, or evidence
 * that was cut. Such a pair is never suggested.
 */
export function areKeptApart(a: PersonView, b: PersonView): boolean {
  const [mine, theirs] = [idsOf(a), idsOf(b)];
  const parted = [...a.undone, ...b.undone].some(
    (edge) => (mine.has(edge.a) && theirs.has(edge.b)) || (mine.has(edge.b) && theirs.has(edge.a)),
  );
  return parted || pointsAt(a, theirs) || pointsAt(b, mine);
}

const idsOf = (view: PersonView): Set<VisitorId> => new Set(view.visitors.map(({ id }) => id));

const pointsAt = (view: PersonView, others: ReadonlySet<VisitorId>): boolean =>
  view.visitors.some(
    ({ separate, severed }) =>
      separate.some((id) => others.has(id)) ||
      Object.keys(severed).some((key) => others.has(severedVisitor(key))),
  );

/** `<a>.<b>`, the smaller id first: the same pair is the same suggestion whoever finds it. */
export const suggestionId = (x: VisitorId, y: VisitorId): string =>
  x < y ? `${x}.${y}` : `${y}.${x}`;

export function pairIn(id: string): [VisitorId, VisitorId] | null {
  const [, a, b] = /^([a-z2-7]{26})\.([a-z2-7]{26})$/.exec(id) ?? [];
  return a && b && a < b ? [a as VisitorId, b as VisitorId] : null;
}
