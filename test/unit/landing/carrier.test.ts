import { describe, expect, test } from "vitest";
import { type Bring, createCarrier, emptyHeld } from "../../../src/carrier.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Parcel } from "../../../src/domain/ports.ts";

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
    const { carrier } = isolate(async (parcels) => {
      brought.push(names(parcels));
      return parcels;
    });
    carrier.take(parcel("small"));
    carrier.take(parcel("large", "x".repeat(400_000)));
    expect(brought).toEqual([["small", "large"]]);
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
    for (let n = 0; n < 100; n++) carrier.take(parcel(`n${n}`, "x".repeat(400_000)));
    expect(brought.length).toBeLessThan(45);
    answer();
    await goOn();
    await Promise.all(work);
    carrier.take(parcel("later", "x".repeat(400_000)));
    expect(brought.at(-1)).toEqual(["later"]);
  });
});
