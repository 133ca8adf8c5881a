/** What a canonical text can say. Numbers are whole: others don't print the same everywhere. */
export type Canonical =
  | null
  | boolean
  | number
  | string
  | readonly Canonical[]
  | { readonly [key: string]: Canonical | undefined };

/**
 * One text for one value: JSON with the keys of every object sorted by code unit and no white space (RFC 8785, without
 * fractions). Members that are undefined are left out. Throws a TypeError on a fraction, an infinity or NaN.
 */
export function canonical(value: Canonical): string {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new TypeError("not a whole number");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value)
    .toSorted()
    .flatMap((key) => {
      const member = value[key];
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonical(member)}`];
    });
  return `{${members.join(",")}}`;
}

function isList(value: object): value is readonly Canonical[] {
  return Array.isArray(value);
}
