/**
 * A copy of each anchor in R2, written once: what whoever can write to D1 can't take away. It has the anchor's own seal, so that
 * nobody makes one who has R2 alone.
 */
import type { Anchor } from "../d1/anchors.ts";
import type { Day } from "../domain/ids.ts";

const PREFIX = "anchor/";
/** Days since 1970 have five digits until the year 2243. */
const DIGITS = 5;

/** The first one of a day stays. */
export async function keepCopy(bucket: R2Bucket, { day, ...anchor }: Anchor): Promise<void> {
  await bucket.put(`${PREFIX}${String(day).padStart(DIGITS, "0")}`, new Uint8Array(0), {
    onlyIf: { etagDoesNotMatch: "*" },
    customMetadata: { ...anchor, receipts: String(anchor.receipts) },
  });
}

/** Every copy, oldest first, whoever wrote it: whether its seal is ours is for the reader to see. */
export async function readCopies(bucket: R2Bucket): Promise<Anchor[]> {
  const copies: Anchor[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({
      prefix: PREFIX,
      include: ["customMetadata"],
      ...(cursor === undefined ? {} : { cursor }),
    });
    copies.push(...page.objects.map(anchorIn).filter(({ day }) => Number.isSafeInteger(day)));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return copies;
}

const anchorIn = ({ key, customMetadata: said = {} }: R2Object): Anchor => ({
  day: Number(key.slice(PREFIX.length)) as Day,
  receipts: Number(said["receipts"]),
  heads: said["heads"] ?? "",
  previous: said["previous"] ?? "",
  seal: said["seal"] ?? "",
});
