/** What the club sells and who its members are. All names are invented. */

export const CLUB = "Saltmere Rovers";
export const CURRENCY = "GBP";

export interface Fixture {
  readonly id: string;
  readonly opponent: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly time: string;
  readonly competition: string;
  /** Pounds a seat. */
  readonly price: number;
}

export const FIXTURES: readonly Fixture[] = [
  {
    id: "harrow-vale",
    opponent: "Harrow Vale",
    date: "2026-11-28",
    time: "15:00",
    competition: "Coast League",
    price: 18,
  },
  {
    id: "wexby-women",
    opponent: "Wexby Athletic",
    date: "2026-12-06",
    time: "14:00",
    competition: "Coast League Women",
    price: 10,
  },
  {
    id: "northolm",
    opponent: "Northolm City",
    date: "2026-12-12",
    time: "17:30",
    competition: "Coast League",
    price: 18,
  },
  {
    id: "kestrel",
    opponent: "Kestrel United",
    date: "2026-12-26",
    time: "13:00",
    competition: "Coast League",
    price: 22,
  },
  {
    id: "castle-brig",
    opponent: "Castle Brig",
    date: "2027-01-09",
    time: "19:45",
    competition: "Harbour Cup",
    price: 14,
  },
];

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** Pounds. */
  readonly price: number;
  readonly picture: "shirt" | "scarf" | "mug" | "ball" | "hat" | "print";
}

export const PRODUCTS: readonly Product[] = [
  {
    id: "home-shirt",
    name: "Home shirt",
    about: "Sea green, woven crest, made to be worn for years.",
    price: 48,
    picture: "shirt",
  },
  {
    id: "scarf",
    name: "Harbour scarf",
    about: "Lambswool, in the stripes of 1926.",
    price: 19,
    picture: "scarf",
  },
  {
    id: "mug",
    name: "Half-time mug",
    about: "Holds exactly fifteen minutes of tea.",
    price: 9,
    picture: "mug",
  },
  {
    id: "ball",
    name: "Training ball",
    about: "Size five, hand-stitched, stays round.",
    price: 24,
    picture: "ball",
  },
  {
    id: "hat",
    name: "Sea wind hat",
    about: "Merino. Covers both ears, also yours.",
    price: 16,
    picture: "hat",
  },
  {
    id: "print",
    name: "Breakwater print",
    about: "The ground at dusk, A3, on heavy paper.",
    price: 12,
    picture: "print",
  },
];

export interface Member {
  /** The club's own id, which its server would sign into an identity token. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export const MEMBERS: readonly Member[] = [
  { id: "member-1042", name: "John Farrant", email: "john.farrant@example.org" },
  { id: "member-1177", name: "Ida Solbakk", email: "ida.solbakk@example.org" },
  { id: "member-2310", name: "Maya Trevelyan", email: "maya.trevelyan@example.net" },
  { id: "member-3055", name: "Karim Oduya", email: "karim.oduya@example.com" },
];
