/** Where a call that names a visitor belongs: here, or further along the visitor's own history. */
import { kindOf, namesDevice } from "../domain/identity/claims.ts";
import { isSaidApart } from "../domain/identity/turned-down.ts";
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { Elsewhere } from "../domain/person/calls.ts";
import type { VisitorDoc } from "./documents.ts";
import { activate } from "./activate.ts";
import type { PersonReader } from "./reader.ts";
import { isParted } from "./sever.ts";
import type { Transactor } from "./transactor.ts";

export type Routed = { at: "here"; doc: VisitorDoc } | Elsewhere;

/** `epoch` is the one of the pointer that led here, or 0 when the caller came by a cookie or by name. */
export function route(tx: Transactor, visitor: VisitorId, epoch: number): Routed {
  const staged = tx.staged.get(visitor);
  // A pointer exists only after the source has committed, so a call that it led here proves the move.
  if (staged && epoch >= staged.epoch) activate(tx);
  const doc = tx.visitors.get(visitor);
  if (doc) return { at: "here", doc };
  const tomb = tx.tombs.get(visitor);
  if (tomb) return { at: "erased", since: tomb.at };
  const pointer = tx.pointers.get(visitor);
  if (pointer) return { at: "moved", to: pointer.to, epoch: pointer.epoch };
  if (tx.work.staged && tx.staged.has(visitor))
    return { at: "moved", to: tx.work.staged.from, epoch: 0 };
  if (tx.self !== visitor) return { at: "moved", to: visitor, epoch: 0 };
  return { at: "unknown" };
}

/**
 * For what is said by, or done for, the visitor itself: who withdrew and is to be erased for it counts as erased from that moment
 * on. What they say after it would be erased along with what was before; so they say it as somebody new.
 */
export function routeSelf(tx: Transactor, visitor: VisitorId, epoch: number): Routed {
  const routed = route(tx, visitor, epoch);
  const since = routed.at === "here" ? tx.leavingSince(visitor) : null;
  return since === null ? routed : { at: "erased", since };
}

/**
 * Whether the visitor lives here with everybody whom these identifiers name, as far as is known: of whoever couldn't be joined for
 * want of consent it isn't; nor where a human took apart from the others who say the same somebody with whom nobody decided
 * anything. A device's name ties nobody to somebody's decision, so it needn't be settled.
 */
export function knows(
  tx: PersonReader,
  routed: Routed,
  identifiers: readonly IdentifierKey[],
): boolean {
  if (routed.at !== "here") return false;
  const { id, claims } = routed.doc;
  const person = tx.companions(id);
  const isUndecided = person.every(({ decision }) => decision === null);
  const isElsewhere = (key: IdentifierKey): boolean =>
    person.some((each) => {
      const claim = each.claims[key];
      return (claim && isSaidApart(claim)) || (isUndecided && isParted(each, key));
    });
  return identifiers.every(
    (key) => namesDevice(kindOf(key)) || (claims[key]?.state === "settled" && !isElsewhere(key)),
  );
}
