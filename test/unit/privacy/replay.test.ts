import { expect, test } from "vitest";
import type { Draft } from "../../../src/d1/drafts.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { Json } from "../../../src/domain/json.ts";
import { continueReplay } from "../../../src/privacy/replay.ts";

const NEVER = new Promise<never>(() => undefined);

/** Receipts of so many thousand visitors; then it never answers again. */
function database(pages: number) {
  const saved: string[] = [];
  const statement = (values: unknown[] = []): unknown => ({
    bind: (...bound: unknown[]) => statement(bound),
    all: () => {
      if (pages-- <= 0) return NEVER;
      const results = Array.from({ length: 1_000 }, (_, n) => ({
        visitor: `${100 - pages}-${n}`,
        body: null,
      }));
      return Promise.resolve({ results });
    },
    run: () => {
      saved.push(String(values[0]));
      return Promise.resolve({ meta: { changes: 1 } });
    },
  });
  return { db: { prepare: () => statement() } as unknown as D1Database, saved };
}

const draft: Draft = {
  revision: 1,
  base: DEFAULT_POLICY.version,
  document: DEFAULT_POLICY as unknown as Json,
  author: "",
  at: 0,
  replay: null,
};

test("a long look ahead that is cut off goes on from where it was put down last", async () => {
  const { db, saved } = database(25);
  void continueReplay(db, draft, DEFAULT_POLICY, 0, "cron");
  for (let n = 0; n < 200; n++) await new Promise((done) => setImmediate(done));
  expect(saved.map((text) => (JSON.parse(text) as { last: string }).last)).toEqual([
    "85-999",
    "95-999",
  ]);
});
