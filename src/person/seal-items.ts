/** Seals what is personal in a batch before it is recorded: raw identifiers and traits are stored nowhere in the clear. */
import type { Claim } from "../domain/identity/claims.ts";
import { factsIn, factsText, isEnough } from "../domain/suggestion/facts.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { KeyedClaim, RecordItem } from "../domain/person/calls.ts";
import type { Sealer } from "./ports.ts";
import type { SealedItem } from "./record.ts";

/** Keyed digest of a text that belongs to a visitor. */
export type Digest = (visitor: VisitorId, text: string) => Promise<string>;

export interface SealedBatch {
  items: SealedItem[];
  /** A key exists now for this visitor. */
  minted: boolean;
}

/**
 * `said` are identifiers that the visitor said before: their values are sealed already, and the key store isn't asked again.
 * `keyed`: the visitor had a key before; if it is gone, personal values are left out rather than sealed anew. */
export async function sealItems(
  sealer: Sealer,
  visitor: VisitorId,
  keyed: boolean,
  items: readonly RecordItem[],
  said: ReadonlySet<string>,
  digest: Digest,
): Promise<SealedBatch> {
  const personalTexts = (item: RecordItem): string[] => [
    ...item.claims.filter(({ key }) => !said.has(key)).map((claim) => claim.value),
    ...(item.traits ? [JSON.stringify(item.traits)] : []),
  ];
  const texts = items.flatMap(personalTexts);
  if (texts.length === 0)
    return { items: items.map((item) => sealedItem(item, [], said)), minted: false };
  const once = [...new Set(texts)];
  const seals = keyed ? await sealer.reseal(visitor, once) : await sealer.seal(visitor, once);
  const places = new Map(once.map((text, at) => [text, at]));
  const sealed = seals && texts.map((text) => seals[places.get(text) as number] as string);
  if (!sealed) return { items: items.map((item) => sealedItem(item, [], said)), minted: false };
  const facts = await Promise.all(items.map((item) => factsDigest(item, visitor, digest)));
  let from = 0;
  const sealedItems = items.map((item, at) => {
    const own = sealed.slice(from, from + personalTexts(item).length);
    from += own.length;
    const told = facts[at];
    return { ...sealedItem(item, own, said), ...(told === undefined ? {} : { facts: told }) };
  });
  return { items: sealedItems, minted: true };
}

/** Undefined where the item says too little of a human to compare them by. */
async function factsDigest(
  { traits, claims }: RecordItem,
  visitor: VisitorId,
  digest: Digest,
): Promise<string | undefined> {
  if (traits === null) return undefined;
  const claimed = claims.flatMap(({ kind, value }) =>
    kind === "email" || kind === "phone" ? [[kind, value]] : [],
  );
  const facts = { ...factsIn(traits), ...(Object.fromEntries(claimed) as object) };
  return isEnough(facts) ? digest(visitor, factsText(facts)) : undefined;
}

function sealedItem(
  item: RecordItem,
  sealed: readonly string[],
  said: ReadonlySet<string>,
): SealedItem {
  let at = 0;
  const claims = item.claims.map((claim) =>
    sealedClaim(claim, said.has(claim.key) ? undefined : sealed[at++]),
  );
  const traits = item.traits ? sealed[at] : undefined;
  return {
    event: traits === undefined ? item.event : { ...item.event, sealed: traits },
    dedupe: item.dedupe,
    claims,
    ...(item.permissions ? { permissions: item.permissions } : {}),
    traits: traits === undefined ? null : { at: item.event.at, id: item.event.id, sealed: traits },
  };
}

const sealedClaim = (
  { key, kind, assurance, side, place, aside }: KeyedClaim,
  sealed: string | undefined,
): Omit<Claim, "at" | "state"> => ({
  key,
  kind,
  assurance,
  ...(side === undefined ? {} : { side }),
  ...(place === undefined ? {} : { place }),
  ...(aside ? { aside } : {}),
  ...(sealed === undefined ? {} : { sealed }),
});
