/**
 * Generated people with errors, for judging the matching on kinds of data the reference files don't have:
 * households, towns that fix their postcodes, nicknames, moved people, exchanged fields, heavy duplicates, none.
 */
import type { SourceRecord } from "../../../src/domain/matching/index.ts";

export interface PeopleOptions {
  readonly seed: number;
  readonly persons: number;
  /** Records of a person beyond the first, at most; each count from 0 to this is as likely. */
  readonly extraRecords: number;
  /** Share of persons who live with somebody of the same last name, address and telephone. */
  readonly households: number;
  /** Errors per field of a copy, 0 to 1. */
  readonly noise: number;
  /** Share of empty fields. */
  readonly missing: number;
  /** Share of copies by people who moved (new address) or changed their last name. */
  readonly moved: number;
  readonly columns: readonly string[];
}

export interface GeneratedPerson extends SourceRecord {
  readonly truth: string;
}

export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const FIRST =
  "james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan joseph jessica thomas sarah charles karen christopher lisa daniel nancy matthew betty anthony margaret mark sandra donald ashley steven kimberly paul emily andrew donna joshua michelle kenneth carol kevin amanda brian dorothy george melissa timothy deborah ronald stephanie jürgen françois søren zoë andré chloé günther noël".split(
    " ",
  );
const SHORT: Readonly<Record<string, string>> = {
  james: "jim",
  robert: "bob",
  patricia: "pat",
  john: "jack",
  jennifer: "jenny",
  michael: "mike",
  david: "dave",
  elizabeth: "liz",
  william: "bill",
  richard: "rick",
  susan: "sue",
  joseph: "joe",
  thomas: "tom",
  charles: "charlie",
  christopher: "chris",
  daniel: "dan",
  matthew: "matt",
  anthony: "tony",
  margaret: "maggie",
  andrew: "andy",
  kimberly: "kim",
  joshua: "josh",
  timothy: "tim",
  deborah: "debbie",
};
const SYLLABLES =
  "ba ber bo bra car chen da del dor en er fel fi gar gan ger ha har hil in ja jo kel ki kow la lan len lo mac man mar mo mül na nor o pa per pet ra ren ri ro sa schu sen ski son sto ta ter ton va ven vi wal wes wil wood ya zen".split(
    " ",
  );
const ROADS = ["street", "road", "avenue", "lane", "court", "place", "drive"];
const MAIL = ["gmail.com", "outlook.com", "yahoo.com", "web.de", "example.org", "icloud.com"];

export function generatePeople(options: PeopleOptions): GeneratedPerson[] {
  const random = seeded(options.seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  /** Few are picked often, many rarely. */
  const skewed = <T>(items: readonly T[]): T =>
    items[Math.floor(items.length * random() ** 2.5)] as T;
  const word = (least: number) =>
    Array.from({ length: least + Math.floor(random() * 2) }, () => pick(SYLLABLES)).join("");
  const lastNames = Array.from({ length: Math.max(50, Math.floor(options.persons / 4)) }, () =>
    word(2),
  );
  const firstNames = [...FIRST, ...Array.from({ length: 200 }, () => word(2))];
  const towns = Array.from({ length: Math.max(20, Math.floor(options.persons / 60)) }, () => ({
    city: word(3),
    state: pick(["nsw", "vic", "qld", "wa", "sa"]),
    area: 1000 + Math.floor(random() * 9000),
    streets: Array.from({ length: 30 }, () => `${word(2)} ${pick(ROADS)}`),
  }));

  const home = () => {
    const town = skewed(towns);
    return {
      street: pick(town.streets),
      streetNumber: String(1 + Math.floor(random() * 120)),
      city: town.city,
      state: town.state,
      postalCode: String(town.area + Math.floor(random() * 3)),
      phone: `0${Math.floor(1e8 + random() * 9e8)}`,
    };
  };
  const birthday = (around: number) => {
    const year = Math.min(2008, Math.max(1925, Math.round(around + (random() - 0.5) * 10)));
    return `${year}-${String(1 + Math.floor(random() * 12)).padStart(2, "0")}-${String(1 + Math.floor(random() * 28)).padStart(2, "0")}`;
  };
  const person = (
    lastName: string,
    place: ReturnType<typeof home>,
    born: number,
  ): Record<string, string> => {
    const firstName = skewed(firstNames);
    const tail = random() < 0.5 ? String(Math.floor(random() * 100)) : "";
    const shared = random() < 0.5 ? place.phone : `0${Math.floor(1e8 + random() * 9e8)}`;
    return {
      firstName,
      lastName,
      ...place,
      phone: shared,
      birthday: birthday(born),
      email: `${firstName}${pick([".", "_", ""])}${lastName}${tail}@${skewed(MAIL)}`,
      gender: pick(["f", "m"]),
      company: `${word(2)} ${pick(["ltd", "gmbh", "inc"])}`,
    };
  };

  const slip = (text: string): string => {
    const at = Math.floor(random() * Math.max(1, text.length));
    const letter = /\d/.test(text[at] ?? "")
      ? String(Math.floor(random() * 10))
      : String.fromCharCode(97 + Math.floor(random() * 26));
    switch (Math.floor(random() * 4)) {
      case 0:
        return text.slice(0, at) + letter + text.slice(at + 1);
      case 1:
        return text.slice(0, at) + letter + text.slice(at);
      case 2:
        return text.length > 2 ? text.slice(0, at) + text.slice(at + 1) : text;
      default:
        return text.slice(0, at) + (text[at + 1] ?? "") + (text[at] ?? "") + text.slice(at + 2);
    }
  };
  const plain = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "");
  const spoil = (original: Record<string, string>): Record<string, string> => {
    const copy: Record<string, string> =
      random() < options.moved
        ? { ...original, ...(random() < 0.7 ? home() : { lastName: skewed(lastNames) }) }
        : { ...original };
    for (const [name, value] of Object.entries(copy)) {
      if (random() < options.noise) copy[name] = slip(random() < 0.2 ? slip(value) : value);
    }
    const short = SHORT[original["firstName"] ?? ""];
    if (short !== undefined && random() < options.noise * 2) copy["firstName"] = short;
    if (random() < options.noise / 3) copy["firstName"] = (copy["firstName"] ?? "").slice(0, 1);
    if (random() < options.noise / 2)
      [copy["firstName"], copy["lastName"]] = [copy["lastName"] ?? "", copy["firstName"] ?? ""];
    if (random() < options.noise)
      copy["birthday"] = (copy["birthday"] ?? "").replace(/-(\d\d)-(\d\d)$/, "-$2-$1");
    if (random() < 0.3) for (const [name, value] of Object.entries(copy)) copy[name] = plain(value);
    return copy;
  };

  const persons: Record<string, string>[] = [];
  while (persons.length < options.persons) {
    const [lastName, place, born] = [skewed(lastNames), home(), 1930 + Math.floor(random() * 70)];
    persons.push(person(lastName, place, born));
    while (random() < options.households && persons.length < options.persons)
      persons.push(person(lastName, place, random() < 0.5 ? born : born + 28));
  }
  const rows = persons.flatMap((original, truth) => {
    const copies = Math.floor(random() * (options.extraRecords + 1));
    return [original, ...Array.from({ length: copies }, () => spoil(original))].map((fields) => ({
      fields,
      truth: String(truth),
    }));
  });
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rows[i], rows[j]] = [rows[j] as (typeof rows)[number], rows[i] as (typeof rows)[number]];
  }
  return rows.map(({ fields, truth }, index) => ({
    id: `r${index}`,
    fields: Object.fromEntries(
      options.columns.map((name) => [name, random() < options.missing ? "" : (fields[name] ?? "")]),
    ),
    truth,
  }));
}
