import { expect, test } from "vitest";
import { believe, type Follower } from "../../../src/domain/identity/hints.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";

const HOUR = 3_600_000;
const by = (n: number, at: number, place: string | null): Follower => ({
  visitor: `v${n}` as VisitorId,
  at,
  proven: null,
  place,
});
const mine = "v0" as VisitorId;

test("a link followed in three regions within two days was passed on, though by three devices only", () => {
  const followers = [by(0, 0, "a.x"), by(1, HOUR, "b.y"), by(2, 2 * HOUR, "c.z")];
  expect(believe(mine, followers)).toMatchObject({
    forwarded: true,
    because: "it was followed in many places at once",
  });
});

test("at home, at work and on the way are places of one human, and each makes it a little less sure", () => {
  const here = [by(0, 0, "a.x"), by(1, HOUR, "a.x"), by(2, 2 * HOUR, "a.x")];
  const about = [by(0, 0, "a.x"), by(1, HOUR, "b.x"), by(2, 2 * HOUR, "c.y")];
  expect(believe(mine, here).forwarded).toBe(false);
  expect(believe(mine, about).forwarded).toBe(false);
  expect(believe(mine, about).confidence).toBeLessThan(believe(mine, here).confidence);
});

test("the site's own record of a link follows nothing, and shows that whoever signed in after it is somebody else", () => {
  const record: Follower = {
    ...by(1, HOUR, null),
    proven: "jane" as VisitorId,
    isRecord: true,
  };
  const alone = [by(0, 0, "a.x")];
  expect(believe(mine, [...alone, record])).toEqual(believe(mine, alone));
  const stranger = { ...by(0, 0, "a.x"), proven: "john" as VisitorId };
  expect(believe(mine, [stranger, record])).toMatchObject({ forwarded: true });
});

test("places of weeks ago, and those that weren't kept, don't count", () => {
  const month = 30 * 24 * HOUR;
  const later = [by(0, 0, "a.x"), by(1, month, "b.y"), by(2, 2 * month, "c.z")];
  expect(believe(mine, later).forwarded).toBe(false);
  const unknown = [by(0, 0, null), by(1, HOUR, null), by(2, HOUR, null)];
  expect(believe(mine, unknown).forwarded).toBe(false);
});
