/**
 * What people say of themselves that may tell whether two records are one human: the columns of the matching. Nothing a
 * device gives away by itself is among them: a network says who lives together, which is how families get fused.
 */
import { isBlocked } from "../intake/blocked.ts";
import type { Millis } from "../ids.ts";
import { isObject, type JsonObject } from "../json.ts";
import { onceIn, unsetIn } from "../person/traits.ts";
import type { Schema } from "../matching/index.ts";

const COLUMNS = [
  { name: "firstName", kind: "name" },
  { name: "lastName", kind: "name" },
  { name: "birthday", kind: "date" },
  { name: "gender", kind: "category" },
  { name: "email", kind: "email" },
  { name: "phone", kind: "phone" },
  { name: "street", kind: "line" },
  { name: "city", kind: "text" },
  { name: "postalCode", kind: "code" },
  { name: "state", kind: "category" },
  { name: "country", kind: "category" },
  { name: "company", kind: "line" },
] as const;

export type FactName = (typeof COLUMNS)[number]["name"];
export type Facts = Partial<Record<FactName, string>>;

export const FACT_NAMES: readonly FactName[] = COLUMNS.map(({ name }) => name);

/** Every column there can be, in the order of `FACT_NAMES`; what the index is keyed by. */
export const FACT_SCHEMA: Schema = { columns: COLUMNS, exchangeable: [[0, 1]] };

/** Other names under which sites send the same, folded to letters and digits. */
const ALSO: Readonly<Record<string, FactName>> = {
  firstname: "firstName",
  givenname: "firstName",
  lastname: "lastName",
  surname: "lastName",
  familyname: "lastName",
  birthday: "birthday",
  birthdate: "birthday",
  dateofbirth: "birthday",
  gender: "gender",
  email: "email",
  phone: "phone",
  mobile: "phone",
  street: "street",
  addressline1: "street",
  city: "city",
  postalcode: "postalCode",
  postcode: "postalCode",
  zip: "postalCode",
  zipcode: "postalCode",
  state: "state",
  country: "country",
  company: "company",
};

const factNamed = (name: string): FactName | undefined =>
  ALSO[name.toLowerCase().replaceAll(/[^a-z0-9]/g, "")];

/** No value that anybody fills in is longer. */
const VALUE_MAX = 200;

/** The facts in one set of traits, as sent. */
export const factsIn = (traits: JsonObject): Facts => ({
  ...factsSaid(onceIn(traits)),
  ...factsSaid(traits),
});

/** A full name is taken apart where its parts aren't given. */
function factsSaid(traits: JsonObject): Facts {
  const { address, name, ...own } = traits;
  const facts: Facts = {};
  for (const [key, value] of [
    ...Object.entries(isObject(address) ? address : {}),
    ...Object.entries(own),
  ]) {
    const fact = factNamed(key);
    const text = typeof value === "number" ? String(value) : value;
    if (!fact || typeof text !== "string") continue;
    const trimmed = text.trim();
    if (trimmed !== "" && trimmed.length <= VALUE_MAX && !isBlocked(trimmed)) facts[fact] = trimmed;
  }
  if (typeof address === "string" && facts.street === undefined && address.length <= VALUE_MAX)
    facts.street = address.trim();
  if (typeof name === "string" && facts.firstName === undefined && facts.lastName === undefined)
    Object.assign(facts, partsOf(name));
  return facts;
}

/** `Jane van Dyk` → Jane, van Dyk. A single word says too little. */
function partsOf(name: string): Facts {
  const [firstName, ...rest] = name.trim().split(/\s+/);
  if (!firstName || rest.length === 0 || name.length > VALUE_MAX) return {};
  return { firstName, lastName: rest.join(" ") };
}

export interface TraitSet {
  at: Millis;
  traits: JsonObject;
}

/** The newest value of each fact; an address that was claimed stands before one among the traits. */
export function factsOf(
  sets: readonly TraitSet[],
  claimed: Partial<Record<"email" | "phone", string>>,
): Facts {
  const facts: Facts = {};
  for (const { traits } of sets.toSorted((a, b) => a.at - b.at)) {
    Object.assign(facts, { ...factsSaid(onceIn(traits)), ...facts }, factsSaid(traits));
    for (const name of unsetIn(traits)) {
      const fact = factNamed(name);
      if (fact) delete facts[fact];
    }
  }
  return Object.assign(facts, claimed);
}

/** One fact alone is no reason to compare anybody: an address on its own joins by claim or not at all. */
export const isEnough = (facts: Facts): boolean => Object.keys(facts).length >= 2;

/** In the order of the columns, so that the same facts are the same text. */
export const factsText = (facts: Facts): string =>
  JSON.stringify(
    FACT_NAMES.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])),
  );

export const readFacts = (text: string): Facts =>
  Object.fromEntries(JSON.parse(text) as [FactName, string][]) as Facts;
