import { beforeEach, expect, test } from "vitest";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { clear, event, NOON, visitor } from "../d1/books.ts";
import { contextOf, joined, send, settle, Village } from "./stage.ts";

const tablet = visitor("tablet");
const phone = visitor("phone");
const laptop = visitor("laptop");
let village: Village;

beforeEach(async () => {
  await clear();
  village = new Village();
  await settle(village, tablet, { created: NOON, events: [event("t1"), event("t2")] });
  await settle(village, phone, {
    created: NOON + 10,
    events: [event("p1")],
    says: [["email", "jane@example.org", "verified"]],
  });
  await settle(village, laptop, { created: NOON + 20 });
});

const post = async (path: string, body: unknown, token = "the-officer") => {
  const answer = await send(
    apiRoutes,
    contextOf(village),
    new Request(`https://www.example.org/_u/api/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    }),
  );
  return { status: answer.status, body: await answer.json<Record<string, never>>() };
};

test("an officer joins two persons, and the answer comes when they are one", async () => {
  const { status, body } = await post("merges", { a: phone, b: tablet });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    merge: `${phone}.cccccccccccc`,
    people: [tablet],
    changes: [{ visitor: phone, from: phone, to: tablet }],
  });
  expect(village.edges).toMatchObject([{ a: phone, b: tablet, by: "officer" }]);
});

test("a merge that was made before is answered and not made again", async () => {
  await post("merges", { a: phone, b: tablet });
  const again = await post("merges", { a: tablet, b: phone });
  expect(again).toMatchObject({
    status: 200,
    body: { merge: `${phone}.cccccccccccc`, people: [tablet], changes: [] },
  });
  expect(village.edges).toHaveLength(1);
});

test("a dry run shows both sides and moves nobody", async () => {
  const { status, body } = await post("merges", { a: tablet, b: phone, dryRun: true });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    merge: null,
    people: [tablet],
    changes: [{ visitor: phone, from: phone, to: tablet }],
    sides: [
      { person: tablet, visitors: [tablet], events: 2 },
      { person: phone, identifiers: [{ kind: "email", value: "jane@example.org" }], events: 1 },
    ],
  });
  expect(village.edges).toEqual([]);
});

test("what the merge policy refuses is a conflict, in the dry run too, unless it is forced", async () => {
  await settle(village, tablet, { separate: [phone] });
  for (const dryRun of [true, false]) {
    const { status, body } = await post("merges", { a: tablet, b: phone, dryRun });
    expect(status).toBe(409);
    expect(body).toEqual({
      error: { code: "conflict", message: expect.stringContaining("two personas") },
    });
  }
  expect(village.edges).toEqual([]);
  expect(await post("merges", { a: tablet, b: phone, force: true })).toMatchObject({
    status: 200,
    body: { people: [expect.any(String)] },
  });
});

test("two user ids are one too many for one person", async () => {
  await settle(village, tablet, { says: [["user_id", "1", "verified"]] });
  await settle(village, laptop, { says: [["user_id", "2", "verified"]] });
  expect((await post("merges", { a: tablet, b: laptop })).status).toBe(409);
});

test("a merge is the officer's, of two that exist, and its faults are told by their place", async () => {
  expect((await post("merges", { a: tablet, b: phone }, "the-marketer")).status).toBe(403);
  expect((await post("merges", { a: tablet, b: visitor("nobody") })).status).toBe(404);
  const { status, body } = await post("merges", { a: tablet, b: "<script>" });
  expect(status).toBe(422);
  expect(body).toEqual({ error: { code: "invalid", message: expect.any(String), path: "b" } });
  expect(JSON.stringify(body)).not.toContain("script");
});

test("a merge that doesn't come about in time is said to be under way", async () => {
  village.slow = 1_000;
  expect((await post("merges", { a: phone, b: tablet })).status).toBe(503);
});

test("an undo makes two persons again and answers when they have parted", async () => {
  village.edges = [joined(phone, tablet), joined(laptop, phone, "bbbbbbbbbbbb")];
  village.busy = 2;
  village.slow = 7;
  const { status, body } = await post(`merges/${phone}.aaaaaaaaaaaa/undo`, {});
  expect(status).toBe(200);
  expect(body).toMatchObject({
    merge: `${phone}.aaaaaaaaaaaa`,
    people: [tablet, phone],
    changes: [
      { visitor: phone, from: tablet, to: phone },
      { visitor: laptop, from: tablet, to: phone },
    ],
  });
  expect(village.person(laptop)?.id).toBe(phone);
  expect(village.person(tablet)?.visitors).toHaveLength(1);
});

test("an undo may be repeated", async () => {
  village.edges = [joined(phone, tablet)];
  await post(`merges/${phone}.aaaaaaaaaaaa/undo`, {});
  expect(await post(`merges/${phone}.aaaaaaaaaaaa/undo`, {})).toMatchObject({
    status: 200,
    body: { people: [phone, tablet], changes: [] },
  });
});

test("a dry run of an undo shows who would be on which side with what, and parts nobody", async () => {
  village.edges = [joined(phone, tablet), joined(laptop, phone, "bbbbbbbbbbbb")];
  const { body } = await post(`merges/${phone}.aaaaaaaaaaaa/undo`, { dryRun: true });
  expect(body).toMatchObject({
    people: [tablet, phone],
    sides: [
      { person: tablet, visitors: [tablet], identifiers: [], events: 2 },
      {
        person: phone,
        visitors: [phone, laptop],
        identifiers: [{ kind: "email", value: "jane@example.org", assurance: "verified" }],
        events: 1,
      },
    ],
  });
  expect(village.edges).toHaveLength(2);
});

test("there is nothing to undo under an id that names no merge", async () => {
  for (const id of ["nonsense", `${phone}.zzzzzzzzzzzz`])
    expect((await post(`merges/${id}/undo`, {})).status).toBe(404);
});

test("that two persons are two is said to one of them, and answered once the other has heard it", async () => {
  const { amend } = village;
  const told: unknown[] = [];
  village.amend = async (id, amendment) => {
    told.push([id, amendment.do]);
    return amend(id, amendment);
  };
  expect((await post("separate", { a: tablet, b: phone })).status).toBe(200);
  expect(told).toEqual([[tablet, "separate"]]);
  expect(village.person(phone)?.visitors[0]?.separate).toEqual([tablet]);
});

test("who is erased while they are being said to be two keeps nobody waiting", async () => {
  const { amend } = village;
  village.amend = async (id, amendment) => {
    const answer = await amend(id, amendment);
    village.erased.add(phone);
    return answer;
  };
  expect((await post("separate", { a: tablet, b: phone })).status).toBe(200);
});
