import { expect, test } from "vitest";
import type { Action, Conditions } from "../../../src/domain/action/catalogue.ts";
import { actionFaults } from "../../../src/domain/action/sound.ts";
import { action } from "./situations.ts";

const paths = (conditions: Conditions, more: Partial<Action> = {}): string[] =>
  actionFaults(action({ conditions, ...more }), []).map(({ path }) => path);

test.each<[Conditions, Partial<Action>, string]>([
  [{ knows: ["email"], lacks: ["phone", "email"] }, {}, "lacks.1"],
  [{ unconfirmed: ["esp:mailchimp"], lacks: ["esp:*"] }, {}, "lacks.0"],
  [{ stages: ["device", "activity"] }, { stage: "identified" }, "stages"],
  [{ stages: ["device", "identified"] }, { assurance: "verified" }, "stages"],
  [
    {
      did: [
        { event: "Order", atLeast: 2, withinDays: 7 },
        { event: "track:Order", atMost: 1, withinDays: 30 },
      ],
    },
    {},
    "did.1.atMost",
  ],
  [{ orders: { atMost: 0 }, lastOrderDays: { atMost: 30 } }, {}, "lastOrderDays"],
  [
    { orders: { atLeast: 1, withinDays: 30 }, lastOrderDays: { atLeast: 30 } },
    {},
    "lastOrderDays.atLeast",
  ],
  [
    { orders: { atMost: 0, withinDays: 30 }, lastOrderDays: { atMost: 29 } },
    {},
    "lastOrderDays.atMost",
  ],
  [{ orders: { atMost: 0 }, places: ["lapsed"] }, {}, "places"],
  [{ orders: { atLeast: 1 }, places: ["new", "considering"] }, {}, "places"],
])("%j with %j can hold for nobody and is refused at its path", (conditions, more, path) => {
  expect(paths(conditions, more)).toEqual([`conditions.${path}`]);
});

test.each<[Conditions, Partial<Action>]>([
  [{ knows: ["esp:*"], lacks: ["esp:mailchimp"] }, {}],
  [{ knows: ["email"], unconfirmed: ["email"] }, {}],
  [{ stages: ["identified"] }, { stage: "activity", assurance: "asserted" }],
  [
    {
      did: [
        { event: "Order", atLeast: 2, withinDays: 30 },
        { event: "Order", atMost: 1, withinDays: 7 },
        { event: "Cart", atMost: 0 },
      ],
    },
    {},
  ],
  [{ orders: { atLeast: 1, withinDays: 30 }, lastOrderDays: { atLeast: 29 } }, {}],
  [{ orders: { atMost: 0, withinDays: 30 }, lastOrderDays: { atMost: 30 } }, {}],
  [{ orders: { atMost: 0, withinDays: 30 }, places: ["lapsed"] }, {}],
  [{ orders: { atLeast: 1 }, places: ["new", "customer"] }, {}],
])("%j with %j can hold together", (conditions, more) => {
  expect(paths(conditions, more)).toEqual([]);
});
