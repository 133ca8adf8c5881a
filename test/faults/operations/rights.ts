/** What people ask for themselves on their own page, and what a restore must not take back of it. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { objectOf, settle } from "../../support/objects.ts";
import { api, type Browser, OFFICER_TOKEN } from "../../support/site.ts";
import { books } from "../../worker/d1/books.ts";
import { insist, type Operation } from "../operation.ts";
import { expectErased, finishErasures } from "./officers.ts";
import { sees, type Visit, visited } from "./visits.ts";

const OWN_PAGE = {
  "content-type": "application/x-www-form-urlencoded",
  "sec-fetch-site": "same-origin",
};

const eraseMe = (browser: Browser) =>
  insist(() => browser.call("/_u/me/erase", "confirm=yes", OWN_PAGE));

const requests = async (): Promise<number> =>
  (await env.KEYS.list({ prefix: "request/" })).objects.length;

export const ownErasure: Operation<Visit & { before: number }> = {
  what: "an erasure that somebody asks for on their own page",
  prepare: async (name) => ({ ...(await visited(name)), before: await requests() }),
  async act({ name, browser }) {
    expect((await eraseMe(browser)).status).toBe(200);
    await sees(browser, `${name}-after`);
    for (let runs = 0; runs < 3; runs++) await finishErasures().catch(() => undefined);
  },
  account: ({ name, visitor }) => ({
    humans: [],
    sent: [],
    unwanted: [`${name}-in`, `${name}-page`, `${name}-after`],
    erased: [visitor],
  }),
  async holds({ name, browser, visitor, before }) {
    expect(browser.visitor).toBeNull();
    // Asked again for want of an answer, it is one request still.
    expect(await requests()).toBe(before + 1);
    await expectErased(name, [visitor]);
  },
};

type Row = Record<string, unknown>;

interface Restored extends Visit {
  /** What a restore brings back to D1, and to the object. */
  rows: [table: string, row: Row][];
  document: [string, unknown][];
}

const textOf = (row: Row): string => JSON.stringify(row);

let erased: Restored | null = null;

/** Somebody was erased, and of all that this took away there is a copy from before. */
async function erasedOnce(name: string): Promise<Restored> {
  // Nobody else is erased again.
  const { objects } = await env.KEYS.list({ prefix: "erasure/" });
  await env.KEYS.delete(objects.map(({ key }) => key));
  const visit = await visited(name);
  const { visitor } = visit;
  const before = await books();
  const document = await runInDurableObject(objectOf(String(visitor)), (_, { storage }) => [
    ...storage.kv.list(),
  ]);
  await eraseMe(visit.browser);
  for (let runs = 0; runs < 3; runs++) await finishErasures();
  await settle([String(visitor)]);
  const after = await books();
  const rows = Object.entries(before).flatMap(([table, all]) => {
    const left = new Set((after[table] as Row[]).map(textOf));
    return (all as Row[])
      .filter((row) => textOf(row).includes(String(visitor)) && !left.has(textOf(row)))
      .map((row): Restored["rows"][number] => [table, row]);
  });
  return { ...visit, rows, document };
}

async function restore({ visitor, rows, document }: Restored): Promise<void> {
  await env.DB.batch([
    env.DB.prepare("DELETE FROM tombstones"),
    ...rows.map(([table, row]) =>
      env.DB.prepare(
        `INSERT OR REPLACE INTO ${table} (${Object.keys(row)
          .map((column) => `"${column}"`)
          .join()}) VALUES (${Object.keys(row).map(() => "?")})`,
      ).bind(...Object.values(row)),
    ),
  ]);
  await runInDurableObject(objectOf(String(visitor)), (_, { storage }) => {
    for (const key of Array.from(storage.kv.list(), ([each]) => each)) storage.kv.delete(key);
    for (const [key, value] of document) storage.kv.put(key, value);
  });
  await evictDurableObject(objectOf(String(visitor)));
}

export const reapplication: Operation<Restored> = {
  what: "an erasure that is applied again after a restore",
  async prepare(name) {
    erased ??= await erasedOnce(name);
    await restore(erased);
    expect((await api(`/people/${erased.visitor}`)).status).toBe(200);
    return erased;
  },
  async act() {
    for (let cursor: unknown = ""; cursor !== null;) {
      const path = `/erasures/reapply?cursor=${String(cursor)}`;
      const { status, body } = await insist(() => api(path, OFFICER_TOKEN, {}));
      expect([status, body["forged"]]).toEqual([200, 0]);
      cursor = body["cursor"];
    }
  },
  account: ({ name, visitor }) => ({
    humans: [],
    sent: [],
    unwanted: [`${name}-in`, `${name}-page`],
    erased: [visitor],
  }),
  async holds({ name, visitor, rows }) {
    await expectErased(name, [visitor]);
    const left = await books();
    const there = new Set(Object.values(left).flatMap((all) => (all as Row[]).map(textOf)));
    expect(rows.filter(([, row]) => there.has(textOf(row)))).toEqual([]);
  },
};
