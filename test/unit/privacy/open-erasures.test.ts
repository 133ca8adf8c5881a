import { expect, test, vi } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { continueErasures } from "../../../src/privacy/erase.ts";
import type { PrivacyPorts } from "../../../src/privacy/ports.ts";
import { createRequest, openRequests } from "../../../src/privacy/requests.ts";
import { Shelf } from "../../support/shelf.ts";

const RUN_MS = 5 * 60_000;
const NEVER = new Promise<never>(() => undefined);
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

function stage() {
  const shelf = new Shelf();
  const reached: VisitorId[] = [];
  const ports = {
    bucket: shelf.bucket,
    erasures: {
      record: ({ visitor }: { visitor: VisitorId }) => {
        reached.push(visitor);
        return NEVER;
      },
    },
  } as unknown as PrivacyPorts;
  const erasing = (visitor: string) =>
    createRequest(
      ports,
      {
        kind: "erase",
        about: "visitor",
        by: "visitor",
        scope: { visitors: [visitor.padEnd(26, "a") as VisitorId], maybe: [] },
      },
      0,
    );
  return { shelf, ports, reached, erasing };
}

test("an erasure that somebody is about to write isn't taken for one that never was", async () => {
  const { shelf, ports, erasing } = stage();
  await shelf.bucket.put("open/aaaaaaaaaaaaaaaaaaaaaaaaaa", "");
  await continueErasures(ports, 0);
  expect(await openRequests(ports, 9)).toHaveLength(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  try {
    await continueErasures(ports, 0);
    expect(await openRequests(ports, 9)).toEqual([]);
    await erasing("b");
    expect(await openRequests(ports, 9)).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test("an erasure at which runs are cut off keeps no other from being gone on with", async () => {
  const { ports, reached, erasing } = stage();
  for (const visitor of ["b", "c", "d"]) await erasing(visitor);
  for (let run = 0; run < 3; run++) {
    void continueErasures(ports, run * RUN_MS);
    for (let n = 0; n < 10; n++) await turn();
  }
  expect(new Set(reached).size).toBe(3);
});
