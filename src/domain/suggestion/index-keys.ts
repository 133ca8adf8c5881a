/**
 * Which records are compared at all: the keys under which the index holds a record. They are fixed, whatever a model
 * learns: an entry is a billed row, so learning again must not write the index again. A full record has about ten.
 */
import { blockKeys, type Blocking, prepareRecord } from "../matching/index.ts";
import { FACT_NAMES, FACT_SCHEMA, type FactName, type Facts } from "./facts.ts";

type Feature = Blocking["features"][number];

const at = (name: FactName): number => FACT_NAMES.indexOf(name);
const NAMES = [at("firstName"), at("lastName")];

const FEATURES = {
  /** Both names, whichever is which. */
  sound: { columns: NAMES, part: "sound", joined: true },
  start: { columns: NAMES, part: "start", joined: true },
  /** Either name: a last name may have changed. */
  name: { columns: NAMES, part: "sound" },
  mailbox: { columns: [at("email")], part: "local" },
  phone: { columns: [at("phone")], part: "last7" },
  birthday: { columns: [at("birthday")], part: "whole" },
  birthYear: { columns: [at("birthday")], part: "year" },
  monthDay: { columns: [at("birthday")], part: "monthDay" },
  postcode: { columns: [at("postalCode")], part: "whole" },
  area: { columns: [at("postalCode")], part: "area" },
  city: { columns: [at("city")], part: "whole" },
} as const satisfies Record<string, Feature>;

/** What two records must share to be compared: all of one line. */
const RULES: readonly (readonly (keyof typeof FEATURES)[])[] = [
  ["mailbox"],
  ["phone"],
  ["sound"],
  ["sound", "area"],
  ["sound", "city"],
  ["sound", "birthYear"],
  ["start", "monthDay"],
  ["name", "birthday"],
  ["birthday", "postcode"],
];

/** What more records than this share tells nobody apart, and comparing them all would not stay linear. */
export const LARGEST_BLOCK = 50;

const names = Object.keys(FEATURES);

const BLOCKING: Blocking = {
  features: Object.values(FEATURES),
  rules: RULES.map((rule) => rule.map((feature) => names.indexOf(feature))),
  largestBlock: LARGEST_BLOCK,
};

/** `<rule>:<hash>`, to be keyed before it is stored: the hash alone could be tried out. */
export const indexKeysOf = (facts: Facts): string[] => [
  ...new Set(blockKeys(BLOCKING, prepareRecord(FACT_SCHEMA, { id: "", fields: facts }))),
];
