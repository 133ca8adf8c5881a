/** Evidence that doesn't join two visitors again: what crossed a cut between them. */
import { type SeveredKey, severedKey } from "../domain/identity/evidence.ts";
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";
import type { Transactor } from "./transactor.ts";

/** Of two visitors whom a cut puts apart: whether this identifier doesn't join them again by itself. */
export type IsSevered = (key: IdentifierKey, a: VisitorId, b: VisitorId) => boolean;

/**
 * Claims that cross the cut don't join these visitors again until a human says so; other evidence may. What was severed by rule,
 * because it was only said, ends with a proof on both sides.
 */
export function sever(
  tx: Transactor,
  near: VisitorId[],
  far: VisitorId[],
  isSevered: IsSevered,
  byRule: boolean,
): void {
  for (const a of near)
    for (const b of far) {
      const [x, y] = [tx.visitors.get(a), tx.visitors.get(b)];
      if (!x || !y) continue;
      const said = Object.keys(x.claims) as IdentifierKey[];
      const shared = said.filter((key) => y.claims[key] && isSevered(key, a, b));
      for (const key of shared) {
        severFrom(x, severedKey(key, b), byRule);
        severFrom(y, severedKey(key, a), byRule);
      }
      if (shared.length === 0) continue;
      tx.changed(x);
      tx.changed(y);
    }
}

function severFrom(doc: VisitorDoc, key: SeveredKey, byRule: boolean): void {
  const isNew = !doc.severed[key];
  doc.severed[key] = true;
  const { [key]: _, ...others } = doc.severedByRule ?? {};
  if (byRule && isNew) doc.severedByRule = { ...others, [key]: true };
  else if (!byRule) doc.severedByRule = others;
}

/** Takes back on this side what was severed by rule while nobody had proved it here. */
export function unsever(doc: VisitorDoc, proven: IdentifierKey): void {
  for (const key of Object.keys(doc.severedByRule ?? {})) {
    if (!key.startsWith(`${proven}|`)) continue;
    delete doc.severed[key];
    const { [key]: _, ...others } = doc.severedByRule ?? {};
    doc.severedByRule = others;
  }
}

/** A human took it apart from somebody who says the same. */
export const isParted = (
  { severed, severedByRule = {} }: Pick<VisitorDoc, "severed" | "severedByRule">,
  identifier: IdentifierKey,
): boolean =>
  Object.keys(severed).some((key) => key.startsWith(`${identifier}|`) && !severedByRule[key]);
