import type { Column, Schema } from "./records.ts";

/**
 * Why two different persons share fields. Fields are not independent among non-matches: a family shares name, address
 * and telephone, a street shares its town. Counting each shared field as new evidence is what fuses families; so each
 * reason is a class of non-matches of its own, whose frequency is learned.
 */
export interface Kinship {
  readonly name: "household" | "street" | "town" | "workplace";
  /** Before learning: how far each place of a comparison (columns, then exchangeable pairs) agrees as in one person, 0 to 1. */
  readonly sharing: readonly number[];
}

type Aspect = "personal" | "family" | "home" | "area" | "contact" | "work" | "other";

const ASPECTS: ReadonlyMap<string, Aspect> = new Map<string, Aspect>([
  ["firstname", "personal"],
  ["middlename", "personal"],
  ["name", "personal"],
  ["fullname", "personal"],
  ["birthday", "personal"],
  ["birthdate", "personal"],
  ["dateofbirth", "personal"],
  ["age", "personal"],
  ["gender", "personal"],
  ["title", "personal"],
  ["lastname", "family"],
  ["street", "home"],
  ["streetnumber", "home"],
  ["street2", "home"],
  ["address", "home"],
  ["city", "area"],
  ["suburb", "area"],
  ["postalcode", "area"],
  ["postcode", "area"],
  ["zip", "area"],
  ["state", "area"],
  ["region", "area"],
  ["country", "area"],
  ["email", "contact"],
  ["phone", "contact"],
  ["mobile", "contact"],
  ["company", "work"],
  ["website", "work"],
]);

const KINSHIPS: readonly {
  readonly name: Kinship["name"];
  readonly shares: Readonly<Partial<Record<Aspect, number>>>;
  readonly needs: readonly Aspect[];
}[] = [
  {
    name: "household",
    shares: { family: 0.9, home: 0.95, area: 0.95, contact: 0.3 },
    needs: ["family", "home", "area", "contact"],
  },
  { name: "street", shares: { home: 0.6, area: 0.95 }, needs: ["home"] },
  { name: "town", shares: { area: 0.9 }, needs: ["area"] },
  { name: "workplace", shares: { work: 0.95, area: 0.5 }, needs: ["work"] },
];

/** What a column says about a person, by its name or its kind. */
function aspectOf(column: Column | undefined): Aspect {
  if (column === undefined) return "other";
  const known = ASPECTS.get(column.name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  return known ?? (column.kind === "date" ? "personal" : "other");
}

/** Whether a column tells members of one household apart: given names, dates of birth. */
export function isPersonal(schema: Schema, place: number): boolean {
  const column =
    schema.columns[place] ??
    schema.columns[schema.exchangeable[place - schema.columns.length]?.[0] ?? -1];
  return aspectOf(column) === "personal";
}

/** The kinships that these columns can show; none if no column tells the members of a household apart. */
export function kinshipsOf(schema: Schema): Kinship[] {
  const aspects = [
    ...schema.columns.map(aspectOf),
    ...schema.exchangeable.map(([first]) => aspectOf(schema.columns[first])),
  ];
  if (!aspects.includes("personal")) return [];
  return KINSHIPS.filter(
    ({ needs }) =>
      needs.filter((aspect) => aspects.includes(aspect)).length >= Math.min(2, needs.length),
  ).map(({ name, shares }) => ({
    name,
    sharing: aspects.map((aspect) => (aspect === "personal" ? 0 : (shares[aspect] ?? 0.02))),
  }));
}
