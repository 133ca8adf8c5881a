/**
 * The erasure ledger in R2: which visitors were erased and when, outside D1 and the objects, so that erasures can be
 * applied again to what a restore brought back.
 */
import { isVisitorId, type Millis, type VisitorId } from "../domain/ids.ts";

export interface RecordedErasure {
  visitor: VisitorId;
  at: Millis;
}

export interface ErasurePage {
  erasures: RecordedErasure[];
  /** Entries that we didn't write: they are left alone and worth a look. */
  forged: number;
  cursor: string | null;
}

export interface ErasureLedger {
  /** Done when it can't be lost any more. The first record of a visitor stays. */
  record(erasure: RecordedErasure): Promise<void>;
  /** Whether this visitor's erasure has begun, or is over. */
  has(visitor: VisitorId): Promise<boolean>;
  /** By visitor. A page has at most a thousand. */
  list(cursor?: string, limit?: number): Promise<ErasurePage>;
}

const PREFIX = "erasure/";

/** `tombstone` makes the MAC of an entry. */
export function createErasureLedger(
  bucket: R2Bucket,
  tombstone: (visitor: VisitorId, at: Millis) => Promise<string>,
): ErasureLedger {
  /** Null when the entry isn't ours. */
  const read = async (object: R2Object): Promise<RecordedErasure | null> => {
    const visitor = object.key.slice(PREFIX.length);
    const at = Number(object.customMetadata?.["at"]);
    if (!isVisitorId(visitor)) return null;
    const mac = await tombstone(visitor, at);
    return object.customMetadata?.["tombstone"] === mac ? { visitor, at } : null;
  };

  return {
    async record({ visitor, at }) {
      await bucket.put(`${PREFIX}${visitor}`, new Uint8Array(0), {
        onlyIf: { etagDoesNotMatch: "*" },
        customMetadata: { at: String(at), tombstone: await tombstone(visitor, at) },
      });
    },

    async has(visitor) {
      const object = await bucket.head(`${PREFIX}${visitor}`);
      return object !== null && (await read(object)) !== null;
    },

    async list(cursor, limit = 1_000) {
      const page = await bucket.list({
        prefix: PREFIX,
        include: ["customMetadata"],
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const entries = await Promise.all(page.objects.map(read));
      const erasures = entries.filter((entry) => entry !== null);
      return {
        erasures,
        forged: page.objects.length - erasures.length,
        cursor: page.truncated ? page.cursor : null,
      };
    },
  };
}
