/** What happens in the town in two months, in the order in which it arrives at the site. */
import { DAY_MS } from "../../../src/domain/ids.ts";
import { below, pick, type Random } from "../random.ts";
import type { Device, Human, Side, Town } from "./people.ts";

export type Naming =
  /** A signed token; with the address in it or without. */
  | { how: "token"; email: boolean }
  /** A user id without proof. */
  | { how: "user id" }
  /** An address in a form; `typed` is what was typed. */
  | { how: "form"; typed: string; meant: string }
  | { how: "phone"; typed: string };

export type Act = {
  /** When it happened, and when it arrives. */
  at: number;
  arrives: number;
  id: string;
} & (
  | { does: "look"; device: Device; human: Human }
  | { does: "name"; device: Device; side: Side; human: Human; naming: Naming }
  /** A link in a mail to `side`, followed by whoever it was passed on to. */
  | { does: "follow"; device: Device; human: Human; side: Side; campaign: number }
  /** Sends a placeholder as who it is. */
  | { does: "junk"; device: Device; human: Human; userId: string | null; email: string | null }
  /** The cookie goes: cleared by hand, by the browser, or by a sign-out. */
  | { does: "clear"; device: Device }
  /** The shop's server says who has this account, or who ordered in which browser. */
  | { does: "account"; side: Side; human: Human }
  | { does: "order"; side: Side; human: Human; device: Device }
);

/** 2026-09-01 */
const START = Date.UTC(2026, 8, 1);
const DAYS = 60;
const MINUTE_MS = 60_000;

const RATES = {
  mistyped: 0.03,
  /** Of what is mistyped: into somebody else's address. */
  intoAnother: 0.01,
  corrected: 0.5,
  secondAddress: 0.25,
  landline: 0.15,
  phone: 0.08,
  cleared: 0.12,
  follows: 0.35,
  forwarded: 0.07,
  listedJunk: 0.02,
  unlistedJunk: 0.0006,
  order: 0.15,
  accountToldByServer: 0.97,
  privateAtWork: 0.06,
  late: 0.04,
  twice: 0.06,
} as const;

/** How people say who they are where, as shares; what is left over says nothing. */
const WAYS: Record<Device["kind"], Record<"account" | "none", Record<string, number>>> = {
  personal: { account: { token: 0.6, "user id": 0.12, form: 0.15 }, none: { form: 0.6 } },
  work: { account: { token: 0.6, form: 0.2 }, none: { form: 0.6 } },
  tablet: { account: { token: 0.6, "user id": 0.05, form: 0.08 }, none: { form: 0.25 } },
  kiosk: { account: { token: 0.45, form: 0.1 }, none: { form: 0.25 } },
};

const LISTED = [
  "undefined",
  "null",
  "guest",
  "00000000-0000-0000-0000-000000000000",
  "[object Object]",
];

type Told = Act extends infer Each
  ? Each extends Act
    ? Omit<Each, "id" | "arrives">
    : never
  : never;

export function acts(random: Random, town: Town): Act[] {
  const told: Told[] = [];
  for (const human of town.humans) {
    for (const side of [human.private, human.work])
      if (side?.userId && random() < RATES.accountToldByServer)
        told.push({ does: "account", at: some(random), side, human });
  }
  for (const device of town.devices) use(random, town, device, told);
  mail(random, town, told);
  return arrivals(random, told);
}

const some = (random: Random): number => START + Math.floor(random() * DAYS * DAY_MS);

function use(random: Random, town: Town, device: Device, told: Told[]): void {
  const { kind } = device;
  const alone = kind === "personal" || kind === "work";
  for (const human of device.users) {
    const visits = kind === "kiosk" ? 1 : 1 + below(random, 3);
    for (let visit = 0; visit < visits; visit++) {
      const at = some(random);
      told.push({ does: "look", at, device, human });
      // On one's own device the session lasts; elsewhere everyone says anew who they are.
      if (visit === 0 || !alone) name(random, town, device, human, at + MINUTE_MS, told);
      if (kind === "kiosk" && random() < 0.5)
        told.push({ does: "clear", at: at + 5 * MINUTE_MS, device });
    }
    if (alone && random() < RATES.cleared) {
      const at = some(random);
      told.push({ does: "clear", at, device });
      told.push({ does: "look", at: at + MINUTE_MS, device, human });
      name(random, town, device, human, at + 2 * MINUTE_MS, told);
    }
  }
}

function name(
  random: Random,
  town: Town,
  device: Device,
  human: Human,
  at: number,
  told: Told[],
): void {
  if (random() < RATES.listedJunk)
    told.push({ does: "junk", at, device, human, userId: pick(random, LISTED), email: null });
  if (random() < RATES.unlistedJunk)
    return void told.push({
      does: "junk",
      at,
      device,
      human,
      userId: null,
      email: pick(random, town.junk),
    });
  const isAtWork = device.kind === "work" && random() >= RATES.privateAtWork;
  const side = isAtWork && human.work ? human.work : human.private;
  const naming = wayOf(random, device, side);
  if (!naming) return;
  if (naming.how !== "form") told.push({ does: "name", at, device, side, human, naming });
  else type(random, town, { at, device, side, human }, told);
  if (random() < RATES.phone) {
    const typed = random() < RATES.landline ? human.landline : human.mobile;
    told.push({
      does: "name",
      at: at + MINUTE_MS,
      device,
      side,
      human,
      naming: { how: "phone", typed },
    });
  }
  if (side.userId && random() < RATES.order)
    told.push({ does: "order", at: at + 3 * MINUTE_MS, side, human, device });
}

function wayOf(random: Random, { kind }: Device, side: Side): Naming | null {
  const ways = WAYS[kind][side.userId ? "account" : "none"];
  let left = random();
  for (const [how, share] of Object.entries(ways)) {
    left -= share;
    if (left >= 0) continue;
    if (how === "token") return { how, email: random() < 0.8 };
    return how === "user id" ? { how } : { how: "form", typed: side.email, meant: side.email };
  }
  return null;
}

/** In a form, now and then with an error, and sometimes again without. */
function type(
  random: Random,
  town: Town,
  form: { at: number; device: Device; side: Side; human: Human },
  told: Told[],
): void {
  const { side } = form;
  const second = side.life === "private" && random() < RATES.secondAddress && form.human.second;
  const meant = second || side.email;
  const says = (typed: string, at: number): void =>
    void told.push({ does: "name", ...form, at, naming: { how: "form", typed, meant } });
  if (random() >= RATES.mistyped) return says(meant, form.at);
  const other = pick(random, town.humans).private.email;
  says(random() < RATES.intoAnother ? other : mistyped(random, meant), form.at);
  if (random() < RATES.corrected) says(meant, form.at + MINUTE_MS / 2);
}

/** A letter left out, doubled, or swapped with the next; often in the domain, since that is where nobody looks. */
export function mistyped(random: Random, email: string): string {
  const at = 1 + below(random, email.length - 3);
  const [left, here, next, rest] = [
    email.slice(0, at),
    email[at],
    email[at + 1],
    email.slice(at + 2),
  ];
  const wrong = pick(random, [
    `${left}${next}${rest}`,
    `${left}${here}${here}${next}${rest}`,
    `${left}${next}${here}${rest}`,
  ]);
  return wrong === email ? `${email}m` : wrong;
}

function mail(random: Random, town: Town, told: Told[]): void {
  const own = new Map<number, Device[]>();
  for (const device of town.devices)
    if (device.kind === "personal" || device.kind === "work")
      for (const user of device.users)
        own.set(user.number, [...(own.get(user.number) ?? []), device]);
  for (const human of town.humans)
    for (const side of [human.private, human.work]) {
      if (!side || random() >= RATES.follows) continue;
      const mine = own.get(human.number) ?? [];
      if (mine.length === 0) continue;
      const at = some(random);
      const campaign = below(random, 8);
      told.push({ does: "follow", at, device: pick(random, mine), human, side, campaign });
      if (random() >= RATES.forwarded) continue;
      const home = town.households[human.household] ?? [];
      const friend = random() < 0.5 ? pick(random, home) : pick(random, town.humans);
      const theirs = own.get(friend.number) ?? [];
      if (theirs.length > 0)
        told.push({
          does: "follow",
          at: at + DAY_MS / 4,
          device: pick(random, theirs),
          human: friend,
          side,
          campaign,
        });
    }
}

/** Some of it late, some of it twice, the second time as the first. */
function arrivals(random: Random, told: readonly Told[]): Act[] {
  const arriving = told.flatMap((each, n): Act[] => {
    const isCall = each.does !== "clear";
    const held = isCall && random() < RATES.late ? Math.floor(random() * 5 * DAY_MS) : 0;
    const act = { ...each, id: `act-${n}`, arrives: each.at + held } as Act;
    if (!isCall || random() >= RATES.twice) return [act];
    return [act, { ...act, arrives: act.arrives + 1 + Math.floor(random() * DAY_MS) }];
  });
  return arriving.sort((a, b) => a.arrives - b.arrives || (a.id < b.id ? -1 : 1));
}
