import type { Context } from "./model.ts";

/** The constant of the contextual model, always its first feature. */
export const CONSTANT = "1";

/** The key of a context's cell; empty when it names none, and then only the action itself is known. */
export const cellOf = ({ stage, device, topic }: Context): string =>
  stage === undefined && device === undefined && topic === undefined
    ? ""
    : JSON.stringify([stage ?? null, device ?? null, topic ?? null]);

/** Features of a context by name; the parts of the cell are 1 under `stage:…`, `device:…`, `topic:…`. */
const namedFeatures = ({
  stage,
  device,
  topic,
  features,
}: Context): readonly (readonly [string, number])[] => {
  const named: (readonly [string, number])[] = [];
  if (stage !== undefined) named.push([`stage:${stage}`, 1]);
  if (device !== undefined) named.push([`device:${device}`, 1]);
  if (topic !== undefined) named.push([`topic:${topic}`, 1]);
  for (const name in features) {
    const value = features[name];
    if (value !== undefined && Number.isFinite(value)) named.push([`feature:${name}`, value]);
  }
  return named;
};

/** Places for features not seen before, as long as there is room. */
export const withFeatures = (
  places: Readonly<Record<string, number>>,
  context: Context,
  limit: number,
): Readonly<Record<string, number>> => {
  let next = places;
  let size = Object.keys(places).length;
  for (const [name] of namedFeatures(context)) {
    if (size >= limit) break;
    if (Object.hasOwn(next, name)) continue;
    next = { ...next, [name]: size };
    size += 1;
  }
  return next;
};

/** A context as the contextual model's vector: the constant 1, then each known feature in its place. */
export const vectorOf = (
  places: Readonly<Record<string, number>>,
  context: Context,
): readonly number[] => {
  const vector = [1];
  for (const [name, value] of namedFeatures(context)) {
    const place = Object.hasOwn(places, name) ? places[name] : undefined;
    if (place === undefined) continue;
    while (vector.length <= place) vector.push(0);
    vector[place] = value;
  }
  return vector;
};
