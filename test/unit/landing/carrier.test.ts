import { describe, expect, test, vi } from "vitest";
import { type Bring, createCarrier, emptyHeld, isUnderWay } from "../../../src/carrier.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Parcel, WaitingClaim } from "../../../src/domain/ports.ts";

const parcel = (name: string, events = "[1]"): Parcel => ({
  visitor: name as VisitorId,
  mark: `mark-${name}`,
  events,
  receipts: "",
  hints: "",
  person: null,
  claims: [],
});

/** A Worker's isolate whose waiting is done by hand. */
function isolate(bring: Bring) {
  const waits: { ms: number; go: () => void }[] = [];
  const work: Promise<unknown>[] = [];
  const carrier = createCarrier(emptyHeld(), {
    bring,
    later: (each) => work.push(each),
    wait: (ms) => new Promise((go) => waits.push({ ms, go })),
  });
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
  return {
    carrier,
    work,
    waits,
    /** Lets whoever waits go on, until nobody waits any more. */
    async goOn(): Promise<void> {
      await turn();
      while (waits.length > 0) {
        for (const { go } of waits.splice(0)) go();
        await turn();
      }
    },
  };
}

const names = (parcels: readonly Parcel[]): string[] => parcels.map(({ visitor }) => visitor);

describe("a carrier", () => {
  test("brings what many visitors' objects handed over in one go, after a moment", async () => {
    const brought: string[][] = [];
    const { carrier, waits, goOn } = isolate(async (parcels) => {
      brought.push(names(parcels));
      return parcels;
    });
    for (const name of ["a", "b", "c"]) carrier.take(parcel(name));
    expect(brought).toEqual([]);
    expect(waits.map(({ ms }) => ms)).toEqual([1_000]);
    await goOn();
    expect(brought).toEqual([["a", "b", "c"]]);
    carrier.take(parcel("d"));
    await goOn();
    expect(brought).toEqual([["a", "b", "c"], ["d"]]);
  });

  test("waits no longer when there is much", async () => {
    const brought: string[][] = [];
    const { carrier, goOn } = isolate(async (parcels) => {
      brought.push(names(parcels));
      return parcels;
    });
    carrier.take(parcel("a-small"));
    carrier.take(parcel("large", "x".repeat(1_000_000)));
    expect(brought).toEqual([["a-small"]]);
    await goOn();
    expect(brought).toEqual([["a-small"], ["large"]]);
  });

  test("brings much in pieces, with a moment for others between them, each of neighbours in the database", async () => {
    const brought: string[][] = [];
    const { carrier, waits, goOn } = isolate(async (parcels) => {
      brought.push(names(parcels));
      return parcels;
    });
    const crowd = Array.from({ length: 40 }, (_, n) => `v${10 + ((n * 7) % 40)}`);
    // Each says something twice, and what came first has to be brought first.
    for (const [turn, text] of ["1", "2"].entries())
      for (const name of crowd)
        carrier.take({ ...parcel(name, text.repeat(5_000)), mark: `${name}.${turn}` });
    await goOn();
    expect(brought.length).toBeGreaterThan(2);
    expect(brought.flat()).toEqual(crowd.toSorted().flatMap((name) => [name, name]));
    for (const piece of brought) expect(piece.length * 5_000).toBeLessThanOrEqual(100_000);
    for (const name of crowd)
      expect(carrier.landed(name as VisitorId)).toEqual([`${name}.0`, `${name}.1`]);
    expect(waits).toEqual([]);
  });

  test("brings claims in the order in which they were made: who said an identifier first has it", async () => {
    const said: string[] = [];
    const { carrier, goOn } = isolate(async (parcels) => {
      said.push(...names(parcels.filter(({ claims }) => claims.length > 0)));
      return parcels;
    });
    const order = ["v3", "v1", "v4", "v2"];
    for (const name of order) {
      const claim = { visitor: name as VisitorId } as WaitingClaim;
      carrier.take({ ...parcel(name, "x".repeat(60_000)), claims: [claim] });
      carrier.take(parcel(name, "x".repeat(60_000)));
    }
    await goOn();
    expect(said).toEqual(order);
  });

  test("asks a database that doesn't answer only a few times at once, whatever waits for it", async () => {
    let asked = 0;
    const { carrier, waits, goOn } = isolate(async () => {
      asked++;
      throw new Error("away");
    });
    for (let n = 0; n < 100; n++) carrier.take(parcel(`n${n}`, "x".repeat(50_000)));
    await goOn();
    expect(asked).toBeGreaterThan(4);
    // 100 parcels came as a handful of loads; four tries each.
    expect(asked).toBeLessThanOrEqual(Math.ceil(5_000_000 / 800_000 + 1) * 4 * 3);
    expect(waits).toEqual([]);
  });

  test("says once what landed, and of what didn't nothing", async () => {
    const { carrier, goOn } = isolate(async (parcels) =>
      parcels.filter(({ visitor }) => !visitor.includes("somebody")),
    );
    carrier.take(parcel("a"));
    carrier.take(parcel("somebody-else"));
    await goOn();
    expect(carrier.landed("somebody-else" as VisitorId)).toEqual([]);
    expect(carrier.landed("a" as VisitorId)).toEqual(["mark-a"]);
    expect(carrier.landed("a" as VisitorId)).toEqual([]);
  });

  test("tries again, and one that can't be landed keeps hardly anybody back", async () => {
    const landed: string[] = [];
    const { carrier, goOn } = isolate(async (parcels) => {
      if (parcels.some(({ visitor }) => visitor === "n4")) throw new Error("not this one");
      landed.push(...names(parcels));
      return parcels;
    });
    for (let n = 0; n < 8; n++) carrier.take(parcel(`n${n}`));
    await goOn();
    expect(landed.toSorted()).toEqual(["n0", "n1", "n2", "n3", "n5", "n6", "n7"]);
  });

  test("takes no more while a database that hangs has too much under way, and goes on when it answers", async () => {
    let answer = (): void => undefined;
    const brought: string[][] = [];
    const { carrier, work, goOn } = isolate((parcels) => {
      brought.push(names(parcels));
      return new Promise((done) => {
        const before = answer;
        answer = () => {
          before();
          done(parcels);
        };
      });
    });
    for (let n = 0; n < 100; n++) carrier.take(parcel(`n${n}`, "x".repeat(1_000_000)));
    expect(brought.length).toBeLessThan(20);
    answer();
    await goOn();
    await Promise.all(work);
    carrier.take(parcel("later", "x".repeat(1_000_000)));
    expect(brought.at(-1)).toEqual(["later"]);
  });

  test("lets go of what somebody brought on who was cut off", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const held = emptyHeld();
      const carrier = createCarrier(held, {
        bring: () => new Promise(() => undefined),
        later: () => undefined,
        wait: () => Promise.resolve(),
      });
      carrier.take(parcel("lost"));
      await new Promise((done) => setImmediate(done));
      expect(isUnderWay(held)).toBe(true);
      vi.advanceTimersByTime(60_000);
      expect([isUnderWay(held), held.underWay.size]).toEqual([false, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("brings on what comes after the clock has gone back", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 10_000_000 });
    try {
      const { carrier, waits } = isolate(async (parcels) => parcels);
      carrier.take(parcel("lost"));
      waits.length = 0;
      vi.setSystemTime(1_000_000);
      carrier.take(parcel("next"));
      expect(waits).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("takes again after whoever had too much under way was cut off", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      let brought = 0;
      const { carrier } = isolate(() => {
        brought++;
        return new Promise(() => undefined);
      });
      const large = parcel("n", "x".repeat(1_000_000));
      for (let n = 0; n < 100; n++) carrier.take(large);
      const before = brought;
      expect(before).toBeLessThan(20);
      vi.advanceTimersByTime(60_000);
      carrier.take(large);
      expect(brought).toBe(before + 1);
    } finally {
      vi.useRealTimers();
    }
  });
});
