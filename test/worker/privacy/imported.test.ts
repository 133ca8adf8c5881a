/** A person whom the site's server proved, and rows of files about the same user that consent never joined with them. */
import { exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { identifierKeys as keys } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import {
  ALL,
  api,
  Browser,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  ORIGIN,
  server,
} from "../../support/site.ts";
import { clear } from "../d1/books.ts";

let run = 0;
let userId: string;
let email: string;
let person: string;

/** Rows of a file of its own each, in their order. */
async function importing(...rows: string[]): Promise<void> {
  for (const [n, row] of rows.entries())
    await exports.default.fetch(`${ORIGIN}/_u/api/import?kind=people&origin=box-${n}`, {
      method: "POST",
      headers: { authorization: `Bearer ${MARKETER_TOKEN}`, "content-type": "text/csv" },
      body: `user_id,email,first name\n${row}\n`,
    });
}
const rowOf = (n: number, user: string) =>
  keys.sourceVisitor("user_id", `import\0box-${n}\0${user}`);

const known = async (): Promise<void> => {
  const context = { consent: { categoryPreferences: ALL } };
  await server("identify", { userId, traits: { email }, context });
  await settle([person]);
};

const erase = async () =>
  (await api("/requests", OFFICER_TOKEN, { kind: "erase", identifier: `email:${email}` })).body as {
    visitors: string[];
    maybe: { visitor: string }[];
    removed: { objects: { visitors: number } };
  };

const remains = async (visitor: string): Promise<boolean> =>
  (await api(`/people/${visitor}`)).status === 200;

beforeEach(async () => {
  await clear();
  userId = `row-${++run}`;
  email = `${userId}@fans-mail.example`;
  person = await keys.sourceVisitor("user_id", userId);
});

test.each(["before", "after"])(
  "an erasure takes the imported rows of the same user along, with that address or another, imported %s they were known",
  async (when) => {
    if (when === "after") await known();
    await importing(`${userId},${email},Ann`, `${userId},other-${email},Ann`);
    const rows = [await rowOf(0, userId), await rowOf(1, userId)];
    await settle([person, ...rows]);
    if (when === "before") await known();
    await settle([person, ...rows]);
    expect(await remains(rows[0] ?? "")).toBe(true);
    const erased = await erase();
    expect(erased).toMatchObject({
      state: "done",
      maybe: [],
      removed: { objects: { visitors: 3 } },
    });
    for (const visitor of [person, ...rows]) expect(await remains(visitor)).toBe(false);
  },
);

test("the row of another user with the same address, and who only typed the user's id, are left to the officer", async () => {
  await known();
  await importing(`${userId}-else,${email},Ben`);
  const other = await rowOf(0, `${userId}-else`);
  const typing = new Browser({ "usher-region": "DE" });
  await typing.consent({ accept: "all" });
  await typing.send("identify", { userId, traits: { email } });
  const typed = typing.visitor ?? "";
  await settle([person, other, typed]);
  const erased = await erase();
  expect(erased.maybe.map(({ visitor }) => visitor)).toContain(other);
  expect(await remains(other)).toBe(true);
  expect(await remains(person)).toBe(false);
  expect(await remains(typed)).toBe(true);
});

test("a row that an officer keeps apart isn't taken along", async () => {
  await known();
  await importing(`${userId},${email},Cem`);
  const row = await rowOf(0, userId);
  await settle([person, row]);
  const apart = await api("/separate", OFFICER_TOKEN, { a: person, b: row });
  expect(apart.status).toBe(200);
  expect((await erase()).maybe.map(({ visitor }) => visitor)).toEqual([row]);
  expect(await remains(row)).toBe(true);
});
