/** The club's public: who they are, what they hold in their hands, and what they say when they are asked. */
import { MEMBERS } from "../../src/demo/club.ts";
import { pick, type Random, weighted } from "./random.ts";

export interface Device {
  agent: string;
  region: string;
  /** Answer to the banner; null when there is none to answer, or nobody does. */
  choice: "all" | "none" | "measure" | null;
  gpc: boolean;
}

export interface Fan {
  /** A member signs in and is then known for sure. */
  member: { id: string; name: string; email: string } | null;
  /** Leaves an address in the newsletter form. */
  email: string | null;
  /** The mail vendor's id for this subscriber. */
  record: string;
  devices: Device[];
  /** Read most. */
  topic: string;
  /** Visits per device over the weeks. */
  visits: number;
  buys: boolean;
}

const PHONES = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Linux; Android 15; SM-S936B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
];
const TABLETS = [
  "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 15; SM-X810) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
];
const LAPTOPS = [
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0",
  "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
];
const REGIONS = [
  ["GB", 10],
  ["DE", 4],
  ["FR", 2],
  ["IE", 2],
  ["US-CA", 3],
  ["US-NY", 2],
  ["AU", 1],
] as const;
const TOPICS = [
  ["transfers", 5],
  ["womens-team", 4],
  ["matchday", 3],
  ["academy", 2],
  ["stadium", 2],
  ["community", 1],
] as const;
const FIRST = [
  "Ada",
  "Ben",
  "Cleo",
  "Dara",
  "Elin",
  "Femi",
  "Gwen",
  "Hal",
  "Isla",
  "Jonas",
  "Kaya",
  "Luca",
  "Mina",
  "Noor",
  "Owen",
  "Pia",
];
const LAST = [
  "Abara",
  "Brandt",
  "Calloway",
  "Dunmore",
  "Eriksen",
  "Fairley",
  "Gruber",
  "Hollis",
  "Ibsen",
  "Jarvis",
  "Kestel",
  "Lund",
];
const MAIL = ["example.org", "example.net", "example.com"];

function device(
  random: Random,
  region: string,
  kinds: readonly (readonly [string[], number])[],
): Device {
  const asked = !region.startsWith("US") && region !== "AU";
  return {
    agent: pick(random, weighted(random, kinds)),
    region,
    choice: asked
      ? weighted(random, [
          ["all", 58],
          ["measure", 12],
          ["none", 18],
          [null, 12],
        ] as const)
      : null,
    gpc: random() < (region === "US-CA" ? 0.25 : 0.04),
  };
}

const ANY = [
  [PHONES, 5],
  [LAPTOPS, 4],
  [TABLETS, 1],
] as const;

function fan(random: Random, number: number): Fan {
  const region = weighted(random, REGIONS);
  const name = `${pick(random, FIRST)} ${pick(random, LAST)}`;
  const email = `${name.toLowerCase().replace(" ", ".")}${number}@${pick(random, MAIL)}`;
  const isMember = random() < 0.14;
  const count = weighted(
    random,
    isMember
      ? ([
          [1, 3],
          [2, 4],
          [3, 2],
        ] as const)
      : ([
          [1, 9],
          [2, 1],
        ] as const),
  );
  return {
    member: isMember ? { id: `member-${5000 + number}`, name, email } : null,
    record: `r${number.toString(36)}x${Math.floor(random() * 2 ** 30).toString(36)}`,
    email: !isMember && random() < 0.12 ? email : null,
    devices: Array.from({ length: count }, () => device(random, region, ANY as never)),
    topic: weighted(random, TOPICS),
    visits: weighted(random, [
      [1, 6],
      [2, 4],
      [4, 3],
      [7, 1],
    ] as const),
    buys: random() < (isMember ? 0.7 : 0.06),
  };
}

/** John, of whom the demo tells: a tablet, the phone with the app page, and a laptop that an ad brought. */
function john(): Fan {
  const [member] = MEMBERS;
  if (!member) throw new Error("the club has no members");
  const own = (agents: string[]): Device => ({
    agent: agents[0] ?? "",
    region: "GB",
    choice: "all",
    gpc: false,
  });
  return {
    member,
    email: null,
    record: "r1042john",
    devices: [own(TABLETS), own(PHONES), own(LAPTOPS)],
    topic: "transfers",
    visits: 4,
    buys: true,
  };
}

export const fans = (random: Random, count: number): Fan[] => [
  john(),
  ...Array.from({ length: count }, (_, number) => fan(random, number)),
];
