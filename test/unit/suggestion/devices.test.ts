import { describe, expect, test } from "vitest";
import { compareDevices, contradicted } from "../../../src/domain/suggestion/devices.ts";
import { contradictionsBetween } from "../../../src/domain/suggestion/contradictions.ts";
import type { DeviceType } from "../../../src/domain/event.ts";
import type { SeenDay, SeenDevice } from "../../../src/domain/suggestion/sightings.ts";

const DAY = 20_800;

type Week = Record<string, readonly number[]>;

/** Seen each day of `days` at these networks in these hours. */
function seen(type: DeviceType, week: Week, days: readonly number[], user?: string): SeenDevice {
  const networks = Object.fromEntries(
    Object.entries(week).map(([network, hours]): [string, SeenDay[]] => [
      network,
      days.map((day) => [DAY + day, hours.reduce((bits, hour) => bits | (1 << hour), 0)]),
    ]),
  );
  return { type, networks, ...(user ? { user: `user_id:${user}` as never } : {}) };
}

const TEN = Array.from({ length: 10 }, (_, day) => day);

const around = (regulars: Record<string, number> = {}, others: SeenDevice[] = []) => ({
  devices: 2_000,
  regulars: (network: string) => (network === "4campus" ? null : (regulars[network] ?? 4)),
  others,
});

const phone = seen("phone", { "4home": [7, 21], "4work": [12] }, TEN);
const laptop = seen("desktop", { "4home": [20], "4work": [10, 15] }, TEN);

describe("two devices", () => {
  test("seen at home and at work are probably one human's, with reasons whose bits add up", () => {
    const found = compareDevices(phone, laptop, around());
    expect(found?.probability).toBeGreaterThan(0.8);
    expect(found?.steps.reduce((sum, { bits }) => sum + bits, 0)).toBeCloseTo(found?.bits ?? 0, 9);
    expect(found?.steps.map(({ because }) => because)).toEqual([
      "before anything is compared, few devices are one person's",
      "both are often seen at one place, on 10 and 10 days, like 2 others",
      "both are often seen at a second place, on 10 and 10 days, like 2 others",
      "they are used at different hours of the day, which tells neither way",
      "one is a phone, the other a computer",
      "two people of one household share a place, and sometimes a second one",
    ]);
  });

  test("come to the same whichever is looked at first", () => {
    const [ab, ba] = [
      compareDevices(phone, laptop, around()),
      compareDevices(laptop, phone, around()),
    ];
    expect(ab?.bits).toBeCloseTo(ba?.bits ?? 0, 9);
  });

  test("seen at one network alone say nothing, however long and however rare it is", () => {
    const hundred = Array.from({ length: 60 }, (_, day) => day);
    const a = seen("phone", { "4home": [7, 21], "4work": [12] }, hundred);
    const b = seen("desktop", { "4home": [7, 21], "4other": [12] }, hundred);
    expect(compareDevices(a, b, around({ "4home": 2 }))).toBeNull();
  });

  test("seen where too many are say no more than without that", () => {
    const a = seen("phone", { "4home": [7], "4campus": [12] }, TEN);
    const b = seen("desktop", { "4home": [20], "4campus": [10] }, TEN);
    expect(compareDevices(a, b, around())).toBeNull();
  });

  test("used in one hour at different places are less probably one human's, and at the same place more", () => {
    const usual = compareDevices(phone, laptop, around())?.probability ?? 0;
    const apart = seen("desktop", { "4home": [12], "4work": [15] }, TEN);
    const together = seen("desktop", { "4home": [21], "4work": [15] }, TEN);
    expect(compareDevices(phone, apart, around())?.probability).toBeLessThan(0.05);
    expect(compareDevices(phone, together, around())?.probability).toBeGreaterThan(usual);
  });

  test("at rare places are more probably one human's than where many are", () => {
    const of = (regulars: Record<string, number>) =>
      compareDevices(phone, laptop, around(regulars))?.bits ?? 0;
    expect(of({ "4home": 2, "4work": 3 })).toBeGreaterThan(of({ "4home": 6, "4work": 40 }));
  });

  test("with three places in common are surer than with two", () => {
    const more = { "4home": [7, 21], "4work": [12], "4gran": [16] };
    const [a, b] = [seen("phone", more, TEN), seen("desktop", { ...more, "4home": [20] }, TEN)];
    const three = compareDevices(a, b, around())?.probability ?? 0;
    expect(three).toBeGreaterThan(0.95);
    expect(three).toBeGreaterThan(compareDevices(phone, laptop, around())?.probability ?? 1);
  });
});

describe("a household stays a household", () => {
  test("whose provider gives it another address every week", () => {
    const weeks = (type: DeviceType, hour: number): SeenDevice => ({
      type,
      networks: Object.fromEntries(
        [0, 1, 2].map((week) => [
          `4lease${week}`,
          Array.from({ length: 7 }, (_, day): SeenDay => [DAY + week * 7 + day, 1 << hour]),
        ]),
      ),
    });
    expect(compareDevices(weeks("phone", 20), weeks("desktop", 21), around())).toBeNull();
  });

  test("that goes out under two addresses at a time", () => {
    const mixed = { "4one": [7, 19, 20, 21], "4two": [7, 20, 21] };
    const [a, b] = [seen("phone", mixed, TEN), seen("desktop", mixed, TEN)];
    expect(compareDevices(a, b, around())).toBeNull();
  });

  test("that has an address of each kind", () => {
    const both = { "4home": [7, 21], "6home": [8, 20] };
    const [a, b] = [seen("phone", both, TEN), seen("desktop", both, TEN)];
    expect(compareDevices(a, b, around())).toBeNull();
  });

  test("where several go about between the same places: two phones are two people's", () => {
    const theirs = seen("phone", { "4home": [8], "4work": [13] }, TEN);
    expect(compareDevices(phone, theirs, around())).toBeNull();
    expect(compareDevices(phone, laptop, around({}, [theirs]))).toBeNull();
    const tablet = seen("tablet", { "4home": [8], "4work": [13] }, TEN);
    expect(compareDevices(phone, laptop, around({}, [tablet]))).not.toBeNull();
    const elsewhere = seen("phone", { "4home": [8], "4school": [13] }, TEN);
    expect(compareDevices(phone, laptop, around({}, [elsewhere]))).not.toBeNull();
  });

  test("but two browsers in which one human signed in are one device", () => {
    const places = { "4home": [8], "4work": [13] };
    const [one, other] = ["jane", "jane"].map((user) => seen("desktop", places, TEN, user));
    if (!one || !other) throw new Error("there are two");
    expect(compareDevices(phone, one, around({}, [other]))).not.toBeNull();
    expect(compareDevices(phone, one, around({}, [laptop]))).toBeNull();
  });

  test("where two proved to be two people", () => {
    const places = { "4home": [8], "4work": [13] };
    const proven = seen("tablet", places, TEN, "jane");
    const other = seen("tv", places, TEN, "mike");
    expect(compareDevices(phone, laptop, around({}, [proven]))).not.toBeNull();
    expect(compareDevices(phone, laptop, around({}, [proven, other]))).toBeNull();
    expect(
      compareDevices({ ...phone, user: proven.user as never }, laptop, around({}, [other])),
    ).toBeNull();
  });

  test("on trips together: three days elsewhere are no second home", () => {
    const trip = { "4home": [7, 21] };
    const a = { ...seen("phone", trip, TEN) };
    const b = { ...seen("desktop", trip, TEN) };
    for (const each of [a, b])
      each.networks = {
        ...each.networks,
        "4beach": [20, 21, 22, 23].map((day): SeenDay => [DAY + day, 1 << 12]),
      };
    expect(compareDevices(a, b, around())).toBeNull();
  });
});

test("who changes their phone has one after the other: both are one human's", () => {
  const places = { "4home": [7, 21], "4work": [12], "4gran": [16] };
  const before = seen("phone", places, TEN);
  const after = seen(
    "phone",
    places,
    TEN.map((day) => day + 10),
  );
  expect(compareDevices(before, after, around())?.probability).toBeGreaterThan(0.8);
});

describe("what people say of themselves", () => {
  test("speaks strongly against, where no name or no birthday agrees", () => {
    const jane = { firstName: "Jane", lastName: "Doe", birthday: "1990-05-17" };
    const mike = { firstName: "Mike", lastName: "Doe", birthday: "1988-01-02" };
    expect(contradictionsBetween([jane], [mike])).toEqual(["firstName", "birthday"]);
    expect(contradictionsBetween([jane], [{ firstName: "Jayne" }])).toEqual([]);
    expect(contradictionsBetween([jane, mike], [{ firstName: "Mike" }])).toEqual([]);
    expect(contradictionsBetween([jane], [{ lastName: "Roe" }])).toEqual([]);
    expect(contradictionsBetween([], [mike])).toEqual([]);
    const found = compareDevices(phone, laptop, around());
    if (!found) throw new Error("nothing was found");
    const against = contradicted(found, ["firstName"]);
    expect(against.probability).toBeLessThan(0.05);
    expect(against.steps.at(-1)).toMatchObject({
      field: "firstName",
      because: "the first name they gave is different",
    });
    expect(contradicted(found, []).probability).toBe(found.probability);
  });
});
