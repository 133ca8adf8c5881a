/** Where one can go in the console, in the order of the menu. */
import { mayDo, type Needed, type Role } from "../http/auth.ts";

export interface Place {
  name: string;
  href: string;
  for: Needed;
}

export interface PlaceGroup {
  name: string;
  places: readonly Place[];
}

const at = (path: string): string => `/_u/console/${path}`;

const GROUPS: readonly PlaceGroup[] = [
  {
    name: "Who",
    places: [
      { name: "Overview", href: at(""), for: "marketer" },
      { name: "Consent overview", href: at("consent"), for: "officer" },
      { name: "People", href: at("people"), for: "either" },
      { name: "Merges", href: at("merges"), for: "officer" },
      { name: "Suggestions", href: at("suggestions"), for: "officer" },
      { name: "Identity rules", href: at("rules"), for: "officer" },
      { name: "Quarantine", href: at("quarantine"), for: "officer" },
      { name: "Requests", href: at("requests"), for: "officer" },
    ],
  },
  {
    name: "Consent",
    places: [
      { name: "Policy", href: at("policy"), for: "officer" },
      { name: "Simulator", href: at("simulator"), for: "officer" },
      { name: "Receipts", href: at("receipts"), for: "officer" },
      { name: "Retention", href: at("retention"), for: "officer" },
      { name: "Record", href: at("record"), for: "officer" },
      { name: "Data out", href: at("data"), for: "officer" },
    ],
  },
  {
    name: "Hints",
    places: [
      { name: "Catalogue", href: at("actions"), for: "marketer" },
      { name: "Performance", href: at("performance"), for: "marketer" },
      { name: "Exports", href: at("exports"), for: "marketer" },
      { name: "Segments", href: at("segments"), for: "marketer" },
      { name: "Reading meter", href: at("meter"), for: "marketer" },
      { name: "Attribution", href: at("attribution"), for: "marketer" },
    ],
  },
  {
    name: "Site",
    places: [
      { name: "Setup", href: at("setup"), for: "either" },
      { name: "Live", href: at("live"), for: "either" },
      { name: "Install", href: at("install"), for: "either" },
      { name: "Import", href: at("import"), for: "either" },
      { name: "Webhooks", href: at("webhooks"), for: "either" },
      { name: "Audit", href: at("audit"), for: "owner" },
    ],
  },
];

/** Every place there is, whoever may go there. */
export const PLACES: readonly Place[] = GROUPS.flatMap(({ places }) => places);

/** What this role may open, without groups that would be empty. */
export const placesFor = (role: Role): PlaceGroup[] =>
  GROUPS.map(({ name, places }) => ({
    name,
    places: places.filter((place) => mayDo(role, place.for)),
  })).filter(({ places }) => places.length > 0);

const isBelow = (path: string, href: string): boolean =>
  path === href || (!href.endsWith("/") && path.startsWith(`${href}/`));

/** Whether a page is this place or below it. The first page is a place of its own, not the parent of all. */
export const isIn = (path: string, { href }: Place): boolean => isBelow(path, href);

/** The address, if this role may go there: for figures that lead on. */
export function reach(role: Role, href: string): string | undefined {
  const [path = ""] = href.split(/[?#]/);
  const place = PLACES.find((each) => each.href === path);
  return place && mayDo(role, place.for) ? href : undefined;
}
