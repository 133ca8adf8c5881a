/**
 * Probabilistic matching: unsupervised Fellegi–Sunter record linkage over records of Segment traits.
 *
 * `train` learns a `Model` (plain JSON) from records; `matcherOf(model)` gives block keys for an index, explains a pair and
 * links one new record against candidates; `linkRecords` links many at once. Pure: no clock, no I/O, randomness injected.
 */
export { blockKeys, proposePairs, type Blocking, type PairScope } from "./blocking.ts";
export { clusterPairs, type ScoredPair } from "./clusters.ts";
export {
  linkRecords,
  matcherOf,
  type Linkage,
  type LinkOptions,
  type Match,
  type Matcher,
} from "./linking.ts";
export { probabilityOf } from "./mixture.ts";
export type { Model } from "./model.ts";
export {
  inferSchema,
  prepareRecord,
  prepareRecords,
  type PreparedRecord,
  type Schema,
  type SourceRecord,
} from "./records.ts";
export { scorerOf, type Explanation, type Scorer, type WaterfallStep } from "./scoring.ts";
export { train, trainPrepared, type TrainingOptions } from "./training.ts";
