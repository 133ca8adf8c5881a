import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IdentifierKey } from "../../../src/domain/ids.ts";
import {
  mayContact,
  type Permission,
  type PermissionChange,
  standingPermissions,
  withChanges,
} from "../../../src/domain/permission/permission.ts";

const jane = "email:jane" as IdentifierKey;
const said = (state: Permission["state"], at: number, proven = true): PermissionChange => ({
  identifier: jane,
  channel: "email",
  state,
  at,
  proven,
  source: "server",
});
const of = (...changes: PermissionChange[]) => ({ permissions: withChanges({}, changes) });

test("nobody may be written to without a word", () => {
  expect(mayContact([of()], jane, "email")).toBe(false);
});

test("people may change their mind where they said it", () => {
  expect(mayContact([of(said("granted", 1), said("suppressed", 2))], jane, "email")).toBe(false);
  expect(mayContact([of(said("suppressed", 1), said("granted", 2))], jane, "email")).toBe(true);
});

test("a suppression carries over in a merge, whatever the other side says later", () => {
  const visitors = [of(said("suppressed", 1)), of(said("granted", 9))];
  expect(mayContact(visitors, jane, "email")).toBe(false);
  expect(mayContact(visitors.toReversed(), jane, "email")).toBe(false);
});

test("typing somebody's address doesn't silence what was proven", () => {
  expect(
    mayContact([of(said("granted", 1)), of(said("suppressed", 9, false))], jane, "email"),
  ).toBe(true);
});

test("typing somebody's address doesn't bring them back either", () => {
  expect(
    mayContact([of(said("suppressed", 1)), of(said("granted", 9, false))], jane, "email"),
  ).toBe(false);
});

test("one address' word says nothing of another, nor one channel's of another", () => {
  const visitors = [of(said("granted", 1))];
  expect(mayContact(visitors, "email:other" as IdentifierKey, "email")).toBe(false);
  expect(mayContact(visitors, jane, "sms")).toBe(false);
});

describe("whatever was said where", () => {
  const change = fc
    .tuple(fc.constantFrom("granted", "suppressed"), fc.nat(9), fc.boolean())
    .map(([state, at, proven]) => said(state as Permission["state"], at, proven));
  const visitors = fc.array(
    fc.array(change, { maxLength: 5 }).map((each) => of(...each)),
    { maxLength: 5 },
  );

  test("the order of visitors doesn't matter", () => {
    fc.assert(
      fc.property(visitors, fc.nat(), (all, at) => {
        const turned = [
          ...all.slice(at % (all.length || 1)),
          ...all.slice(0, at % (all.length || 1)),
        ];
        expect(standingPermissions(turned, jane)).toEqual(standingPermissions(all, jane));
      }),
    );
  });

  test("the order in which one visitor's words arrive doesn't matter", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        expect(of(...changes.toReversed())).toEqual(of(...changes));
      }),
    );
  });

  test("a proven suppression that still stands with one visitor stands for the person", () => {
    fc.assert(
      fc.property(visitors, (all) => {
        fc.pre(
          all.some(({ permissions }) => {
            const held = permissions[jane]?.email;
            return held?.proven === true && held.state === "suppressed";
          }),
        );
        expect(mayContact(all, jane, "email")).toBe(false);
      }),
    );
  });
});
