import { blockKeys, proposePairs, type PairScope } from "./blocking.ts";
import { clusterPairs, type ScoredPair } from "./clusters.ts";
import { probabilityOf } from "./mixture.ts";
import type { Model } from "./model.ts";
import { prepareRecord, type PreparedRecord, type SourceRecord } from "./records.ts";
import { scorerOf, type Explanation } from "./scoring.ts";

/** A pair of records that may be one person, with the reasons. */
export interface Match extends Explanation {
  /** Id of the other record. */
  readonly id: string;
}

/** A model ready for one record after another, as they come in. */
export interface Matcher {
  /** The keys under which an index stores the record; whoever shares one is to be compared. */
  readonly keys: (record: SourceRecord) => string[];
  /** Match weight, probability and waterfall of a pair. */
  readonly explain: (a: SourceRecord, b: SourceRecord) => Explanation;
  /** Those of the candidates that are one person with the record with at least probability `threshold`, the surest first. */
  readonly link: (
    record: SourceRecord,
    candidates: readonly SourceRecord[],
    threshold: number,
  ) => Match[];
}

/** Makes a stored model ready. Blocks of more than `model.blocking.largestBlock` records are to be passed over by the index. */
export function matcherOf(model: Model): Matcher {
  const scorer = scorerOf(model);
  const read = (record: SourceRecord) => prepareRecord(model.schema, record);
  return {
    keys: (record) => blockKeys(model.blocking, read(record)),
    explain: (a, b) => scorer.explain(read(a), read(b)),
    link(record, candidates, threshold) {
      const own = read(record);
      const matches = candidates
        .filter(({ id }) => id !== record.id)
        .map((other) => ({ id: other.id, ...scorer.explain(own, read(other)) }));
      return matches
        .filter(({ probability }) => probability >= threshold)
        .toSorted((x, y) => y.bits - x.bits);
    },
  };
}

/** All pairs that blocking proposes, scored. */
export interface Linkage {
  /** How many pairs were compared. */
  readonly candidates: number;
  /** Pairs of at least even odds, or of the least threshold asked for. */
  readonly pairs: readonly ScoredPair[];
  /** The cluster of each record at a threshold: connected components, guarded against chaining. Gives the least index in it. */
  readonly clustersAt: (threshold: number) => Int32Array;
}

export interface LinkOptions {
  readonly scope?: PairScope;
  /** Pairs less probable than this are forgotten. */
  readonly least: number;
  /** Told of every compared pair. */
  readonly onCandidate?: (a: number, b: number) => void;
}

/** Links many records at once. The work is linear in the pairs that blocking proposes. */
export function linkRecords(
  model: Model,
  records: readonly PreparedRecord[],
  { scope = {}, least, onCandidate }: LinkOptions,
): Linkage {
  const { weigh } = scorerOf(model);
  const weighIndexed = (a: number, b: number) => {
    const [left, right] = [records[a], records[b]];
    return left === undefined || right === undefined ? -Infinity : weigh(left, right);
  };
  const pairs: ScoredPair[] = [];
  let candidates = 0;
  proposePairs(model.blocking, records, scope, (a, b) => {
    candidates++;
    onCandidate?.(a, b);
    const bits = weighIndexed(a, b);
    if (probabilityOf(bits) >= least) pairs.push({ a, b, bits });
  });
  return {
    candidates,
    pairs,
    clustersAt: (threshold) => clusterPairs(records.length, pairs, threshold, weighIndexed),
  };
}
