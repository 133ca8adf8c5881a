/**
 * The made-up town: humans in households, their addresses and accounts, and the devices they use alone, at work, at home
 * together and at the stadium. The rates are guesses at what a club sees, on the harder side; docs/identity/README.md lists them.
 */
import { below, pick, type Random } from "../random.ts";
import type { Browser } from "./site.ts";

/** One side of one human's life: what a person in Usher stands for. */
export interface Side {
  /** `17/private` */
  name: string;
  human: number;
  life: "private" | "work";
  email: string;
  /** The account of this side at the site, if there is one. */
  userId: string | null;
  /** Newsletter record of this side's address. */
  record: string;
}

export interface Human {
  number: number;
  household: number;
  private: Side;
  work: Side | null;
  /** A second private address, used in forms now and then. */
  second: string | null;
  mobile: string;
  landline: string;
  /** Agreed to be recognised; the others only to be counted. */
  recognised: boolean;
}

export type DeviceKind = "personal" | "work" | "tablet" | "kiosk";

export interface Device {
  number: number;
  kind: DeviceKind;
  browser: Browser;
  users: Human[];
}

export interface Town {
  humans: Human[];
  devices: Device[];
  households: Human[][];
  /** Addresses that stand for nobody and that no list knows. */
  junk: readonly string[];
}

const FIRST =
  "anna ben clara david emma felix greta hannes ida jonas karla leon mia noah olga paul ruth simon tara uwe vera will yara zoe".split(
    " ",
  );
const LAST =
  "adler bauer conrad dietz engel fuchs graf hahn iser jung keller lang maier neumann otto peters quandt roth seidel thiel ulrich vogt weber ziegler".split(
    " ",
  );
const FREE = "gmail.com gmx.de web.de outlook.com icloud.com t-online.de yahoo.com".split(" ");

/** Shares of humans, households or devices. */
const RATES = {
  account: 0.65,
  second: 0.08,
  work: 0.35,
  workAccount: 0.25,
  recognised: 0.88,
  tablet: 0.6,
  secondWorkDevice: 0.2,
} as const;
const PEOPLE_PER_COMPANY = 12;
const DEVICES_PER_KIOSK = 400;
const KIOSK_USERS = 45;
const HOUSEHOLD_MAX = 5;

export function town(random: Random, people: number, devices: number): Town {
  const households = house(random, people);
  const humans = households.flat();
  return {
    humans,
    households,
    devices: equip(random, humans, households, devices),
    junk: ["asdf@asdf.de", "keine@mail.de", "kunde@ohne-adresse.de"],
  };
}

function house(random: Random, people: number): Human[][] {
  const households: Human[][] = [];
  let number = 0;
  while (number < people) {
    const size = Math.min(1 + below(random, HOUSEHOLD_MAX), people - number);
    const last = pick(random, LAST);
    const landline = `030${1_000_000 + households.length}`;
    households.push(
      Array.from({ length: size }, () =>
        human(random, { number: number++, household: households.length, last, landline }),
      ),
    );
  }
  return households;
}

function human(
  random: Random,
  home: { number: number; household: number; last: string; landline: string },
): Human {
  const { number, last } = home;
  const first = pick(random, FIRST);
  const side = (life: Side["life"], email: string, account: boolean): Side => ({
    name: `${number}/${life}`,
    human: number,
    life,
    email,
    userId: account ? `${life === "work" ? "corp" : "member"}-${10_000 + number}` : null,
    record: `${life === "work" ? "w" : "p"}${number.toString(36)}x`,
  });
  const company = Math.floor(number / PEOPLE_PER_COMPANY);
  return {
    number,
    household: home.household,
    private: side(
      "private",
      `${first}.${last}${number}@${pick(random, FREE)}`,
      random() < RATES.account,
    ),
    work:
      random() < RATES.work
        ? side(
            "work",
            `${first[0]}.${last}${number}@company-${company}.de`,
            random() < RATES.workAccount,
          )
        : null,
    second: random() < RATES.second ? `${last}.${first}${number}@${pick(random, FREE)}` : null,
    mobile: `0151${10_000_000 + number}`,
    landline: home.landline,
    recognised: random() < RATES.recognised,
  };
}

function equip(
  random: Random,
  humans: readonly Human[],
  households: readonly Human[][],
  count: number,
): Device[] {
  const devices: Device[] = [];
  const add = (kind: DeviceKind, users: Human[]): void => {
    if (devices.length >= count) return;
    const number = devices.length;
    devices.push({ number, kind, users, browser: browser(random, number) });
  };
  for (let n = 0; n < Math.max(1, Math.floor(count / DEVICES_PER_KIOSK)); n++)
    add(
      "kiosk",
      Array.from({ length: KIOSK_USERS }, () => pick(random, humans)),
    );
  for (const members of households)
    if (members.length > 1 && random() < RATES.tablet)
      add(
        "tablet",
        members.filter(() => random() < 0.7),
      );
  for (const each of humans) {
    add("personal", [each]);
    if (!each.work) continue;
    add("work", [each]);
    if (random() < RATES.secondWorkDevice) add("work", [each]);
  }
  while (devices.length < count) add("personal", [pick(random, humans)]);
  return devices;
}

const AGENTS = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
] as const;

export const browser = (random: Random, number: number): Browser => ({
  cookies: new Map(),
  anonymousId: anonymousId(random),
  userAgent: pick(random, AGENTS),
  network: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
});

export const anonymousId = (random: Random): string =>
  Array.from({ length: 32 }, () => below(random, 16).toString(16)).join("");
