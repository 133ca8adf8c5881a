/**
 * `node test/bench/linkage.ts FILE.csv [FILE2.csv] [--threshold 0.5]`: the product's own matching over any CSV with Segment
 * trait names as columns. `truth` (equal for the same person) is read for scoring only; without it scores are null. Two files: pairs across only.
 * The last line is JSON. Pairs are those that clusters at the threshold join; cluster F1 is that of clusters at 0.95.
 */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import {
  inferSchema,
  linkRecords,
  prepareRecords,
  trainPrepared,
  type SourceRecord,
} from "../../src/domain/matching/index.ts";
import { say } from "./say.ts";

const CLUSTER_THRESHOLD = 0.95;
const SEED = 20_261_122;

export async function run(args: string[]): Promise<object> {
  const { files, threshold } = readArguments(args);
  const sources = await Promise.all(files.map(readRecords));
  const records = sources.flat();
  const started = performance.now();
  const split = sources.length === 2 ? sources[0]?.length : undefined;
  const scope = split === undefined ? {} : { split };

  const schema = inferSchema(records);
  const prepared = prepareRecords(schema, records);
  const model = trainPrepared(schema, prepared, { random: seeded(SEED), scope });
  const truth = records.map((record, index) => record.fields["truth"] || `alone ${index}`);
  let reached = 0;
  const linkage = linkRecords(model, prepared, {
    scope,
    least: Math.min(threshold, CLUSTER_THRESHOLD),
    onCandidate: (a, b) => {
      if (truth[a] === truth[b]) reached++;
    },
  });
  const clusters = linkage.clustersAt(threshold);
  const sureClusters =
    threshold === CLUSTER_THRESHOLD ? clusters : linkage.clustersAt(CLUSTER_THRESHOLD);
  const seconds = (performance.now() - started) / 1000;

  const score = (clusterOf: Int32Array) => {
    const found = pairsWithin([...clusterOf], split);
    const right = pairsWithin(
      records.map((_, index) => `${clusterOf[index]} ${truth[index]}`),
      split,
    );
    return { found, right, f1: share(2 * right, found + pairs) };
  };
  const pairs = pairsWithin(truth, split);
  const { found, right, f1 } = score(clusters);
  const known = <T>(figure: T): T | null =>
    records.some(({ fields }) => fields["truth"]) ? figure : null;
  return {
    pairs: known(pairs),
    found,
    candidates: linkage.candidates,
    blockingRecall: known(share(reached, pairs)),
    precision: known(share(right, found)),
    recall: known(share(right, pairs)),
    f1: known(f1),
    clusterF1: known(score(sureClusters).f1),
    threshold,
    seconds: Number(seconds.toFixed(2)),
  };
}

function readArguments(args: readonly string[]): { files: string[]; threshold: number } {
  const files: string[] = [];
  let threshold = 0.5;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] ?? "";
    if (argument === "--threshold") threshold = Number(args[++i]);
    else if (argument.startsWith("--threshold="))
      threshold = Number(argument.slice("--threshold=".length));
    else files.push(argument);
  }
  if (files.length < 1 || files.length > 2 || !(threshold > 0 && threshold < 1)) {
    throw new Error("usage: linkage FILE.csv [FILE2.csv] [--threshold 0.5]");
  }
  return { files, threshold };
}

/** A share to six places; 1 of nothing, because nothing was missed or wrong. */
function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Number((part / whole).toFixed(6));
}

/** How many pairs have the same key, within one source or across two. */
function pairsWithin(keys: readonly (string | number)[], split: number | undefined): number {
  const groups = new Map<string | number, [number, number]>();
  keys.forEach((key, index) => {
    const group = groups.get(key) ?? [0, 0];
    group[split !== undefined && index >= split ? 1 : 0]++;
    groups.set(key, group);
  });
  let pairs = 0;
  for (const [left, right] of groups.values())
    pairs += split === undefined ? (left * (left - 1)) / 2 : left * right;
  return pairs;
}

async function readRecords(file: string): Promise<SourceRecord[]> {
  const [header = [], ...rows] = parseCsv((await readFile(file, "utf8")).replace(/^\uFEFF/, ""));
  if (rows.length === 0) throw new Error("the file has no rows");
  return rows.map((row, index) => ({
    id: `${file}:${index}`,
    fields: Object.fromEntries(header.map((name, column) => [name.trim(), row[column] ?? ""])),
  }));
}

/** RFC 4180: quoted cells may hold commas, quotes (doubled) and line breaks. Empty lines are no rows. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell.trim() !== "") rows.push(row);
    row = [];
    cell = "";
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === ",") {
      row.push(cell);
      cell = "";
    } else if (letter === "\n" || letter === "\r") {
      if (letter === "\r" && text[i + 1] === "\n") i++;
      endRow();
    } else cell += letter;
  }
  if (quoted) throw new Error("a quoted field is never closed");
  endRow();
  return rows;
}

/** A small seeded generator (mulberry32), so that a figure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await say(() => run(process.argv.slice(2)));
}
