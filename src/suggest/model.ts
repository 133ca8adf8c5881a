/**
 * The model that compares people: learned from the records there are, stored sealed. Its table of frequencies holds values
 * that several people share, so its key lies in R2, apart from the database, and is another with every learning.
 */
import { countRecords, recordsAfter } from "../d1/matching.ts";
import { readDocument, saveDocument } from "../d1/learning.ts";
import type { Millis } from "../domain/ids.ts";
import { seeded } from "../domain/learning/random.ts";
import { type Model, type SourceRecord, train } from "../domain/matching/index.ts";
import { readFacts } from "../domain/suggestion/facts.ts";
import { seal, unseal } from "../keys/seal.ts";
import type { SuggestPorts } from "./ports.ts";

/** Fewer tell too little about what people have in common by chance. */
export const LEAST_RECORDS = 20;
/** Learned from at most so many: each is a look at the key store, and a Worker has ten thousand of those. */
const SAMPLE = 2_000;
/** Learned anew, and everybody compared anew, when there are so many times as many records: it stays linear. */
const GROWTH = 1.5;
/** A document of D1 holds two million bytes. */
const MODEL_BYTES = 1_800_000;

const KEY = "matching/key";
const BOUND = "matching";

/** How far the comparing is; in the clear, as it says nothing of anybody. */
export interface MatchingState {
  version: number;
  /** Records when everybody was last to be compared. */
  records: number;
  /** Of those, the last who was; null when all were. */
  walk: string | null;
}

export const readState = async (db: D1Database): Promise<MatchingState | null> =>
  (await readDocument(db, "matching-state")) as MatchingState | null;

export const saveState = (db: D1Database, state: MatchingState, now: Millis): Promise<void> =>
  saveDocument(db, "matching-state", state, now);

const importKey = (bytes: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

/** Null before there is one, after an erasure, and when it can't be opened: then it is learned anew. */
export async function readModel({ db, bucket }: SuggestPorts): Promise<Model | null> {
  const document = (await readDocument(db, "matching")) as { sealed: string } | null;
  const stored = document && (await bucket.get(KEY));
  if (!document || !stored) return null;
  const text = await unseal(await importKey(await stored.arrayBuffer()), BOUND, document.sealed);
  return text === null ? null : (JSON.parse(text) as Model);
}

/** Whether to learn now, and whether everybody is to be compared with what is learned. */
export async function lessonDue(
  db: D1Database,
  model: Model | null,
  state: MatchingState | null,
): Promise<{ records: number; everybody: boolean } | null> {
  const records = await countRecords(db);
  if (records < LEAST_RECORDS) return null;
  const everybody = state === null || records >= state.records * GROWTH;
  return model === null || everybody ? { records, everybody } : null;
}

/** Learns from what there is now, the same from the same. Null when somebody it learned from was erased meanwhile. */
export async function learn(
  ports: SuggestPorts,
  state: MatchingState | null,
  due: { records: number; everybody: boolean },
  now: Millis,
): Promise<MatchingState | null> {
  const { db, bucket } = ports;
  const sample = await readSample(ports);
  if (sample.length < LEAST_RECORDS) return null;
  const model = train(sample, { random: seeded(1) });
  const text = JSON.stringify(model);
  if (text.length > MODEL_BYTES) throw new Error("the matching model doesn't fit into a document");
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  await bucket.put(KEY, bytes);
  const sealed = await seal(await importKey(bytes), BOUND, text);
  const learnedFrom = sample.map(({ id }) => id);
  if (!(await saveModel(db, sealed, learnedFrom, now))) return null;
  const next: MatchingState = {
    version: (state?.version ?? 0) + 1,
    records: due.everybody ? due.records : (state?.records ?? due.records),
    walk: due.everybody ? "" : (state?.walk ?? null),
  };
  await saveState(db, next, now);
  return next;
}

async function readSample({ db, sealer }: SuggestPorts): Promise<SourceRecord[]> {
  const records = await recordsAfter(db, "", SAMPLE);
  const opened = await Promise.all(
    records.map(async ({ visitor, sealed }): Promise<SourceRecord | null> => {
      const [text] = await sealer.unseal(visitor, [sealed]);
      return text ? { id: visitor, fields: readFacts(text) } : null;
    }),
  );
  return opened.filter((record) => record !== null);
}

/** Not when somebody it was learned from left meanwhile: their record is gone then. */
const SAVE = `INSERT INTO learned (name, document, at)
  SELECT 'matching', ?1, ?2
  WHERE (SELECT count(*) FROM json_each(?3) AS item
    CROSS JOIN match_records ON match_records.visitor = item.value) = json_array_length(?3)
  ON CONFLICT (name) DO UPDATE SET document = excluded.document, at = excluded.at`;

async function saveModel(
  db: D1Database,
  sealed: string,
  learnedFrom: readonly string[],
  now: Millis,
): Promise<boolean> {
  const { meta } = await db
    .prepare(SAVE)
    .bind(JSON.stringify({ sealed }), now, JSON.stringify(learnedFrom))
    .run();
  return meta.changes > 0;
}
