/** Whoever is no more to be recognised, while every call to the outside fails in turn: of where they were seen nothing is left. */
import { env } from "cloudflare:workers";
import { beforeAll, expect } from "vitest";
import { nightlyPorts } from "../../src/services.ts";
import { suggest } from "../../src/suggest/job.ts";
import { settle } from "../support/objects.ts";
import { everything, placesOf } from "../worker/privacy/household.ts";
import { COMPARING, Device, nameOf, saveRules, timeAt } from "../worker/suggest/seen.ts";
import { insist, type Operation, tryAll } from "./operation.ts";
import { fails } from "./troubles.ts";

interface Pair {
  phone: Device;
  computer: Device;
  visitor: string;
}

beforeAll(() => saveRules(COMPARING));

const job = () =>
  suggest(
    { ...nightlyPorts(env, () => undefined), mergeRules: async () => COMPARING },
    timeAt(5, 0),
  );

const untilDone = async (): Promise<void> => {
  for (let tries = 0; tries < 6; tries++) if (await job().catch(() => null)) return;
  throw new Error("the job never came to an end");
};

const [HOME, WORK] = ["83.1.1.7", "83.1.2.7"];

/** Three days at both places, in whatever order they come in, and the day after. */
async function living(kind: "phone" | "computer", hours: readonly [home: number, work: number]) {
  const device = new Device(kind);
  await device.agrees();
  await Promise.all(
    [0, 1, 2].flatMap((day) => [device.at(HOME, day, hours[0]), device.at(WORK, day, hours[1])]),
  );
  await device.at(HOME, 3, hours[0]);
  await settle([device.visitor]);
  return device;
}

let computer: Device | null = null;

/** A suggestion stands, and both are due again. The phones before this one are forgotten. */
async function prepare(): Promise<Pair> {
  computer ??= await living("computer", [20, 10]);
  const phone = await living("phone", [7, 12]);
  await untilDone();
  const { visitor } = phone;
  const found = await env.DB.prepare("SELECT count(*) AS n FROM suggestions WHERE a = ?1 OR b = ?1")
    .bind(visitor)
    .first<number>("n");
  expect(found).toBe(1);
  await env.DB.batch(
    [visitor, computer.visitor].map((each) =>
      env.DB.prepare("INSERT INTO match_due (visitor, at) VALUES (?1, 1)").bind(each),
    ),
  );
  return { phone, computer, visitor };
}

async function holds({ visitor, computer: other }: Pair): Promise<void> {
  await untilDone();
  const places = placesOf(await everything([visitor, other.visitor]), [await nameOf(HOME)]);
  expect(places.filter((place) => place.includes(visitor))).toEqual([]);
  expect(places.some((place) => place.includes(other.visitor))).toBe(true);
  const left = await env.DB.prepare(
    `SELECT (SELECT count(*) FROM suggestions WHERE a = ?1 OR b = ?1)
      + (SELECT count(*) FROM suggestion_ends WHERE a = ?1 OR b = ?1)
      + (SELECT count(*) FROM device_records WHERE visitor = ?1)
      + (SELECT count(*) FROM device_networks WHERE visitor = ?1) AS n`,
  )
    .bind(visitor)
    .first<number>("n");
  expect(left).toBe(0);
}

const withdrawal: Operation<Pair> = {
  what: "a withdrawal of recognition while devices are compared",
  prepare,
  async act({ phone, visitor }) {
    const comparing = job().catch(() => null);
    await insist(() => phone.browser.consent({ choices: { recognition: false } }));
    await comparing;
    await settle([visitor]);
  },
  account: ({ phone, computer: other }) => ({
    humans: [[phone.visitor, other.visitor]],
    sent: [phone, other].flatMap(({ sent }) => sent),
  }),
  holds,
};

tryAll(withdrawal, [fails("before"), fails("after")]);
