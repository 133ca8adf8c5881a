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

const own = (more: Partial<Action>): string[] =>
  actionFaults(action(more), []).map(({ path, message }) => `${path} ${message}`);

test.each<[Partial<Action>, string]>([
  [{ title: "\u200b" }, "title must hold something that can be seen"],
  [{ text: "\u2800\u202e\u3164".slice(1) }, "text must hold something that can be seen"],
  [{ label: "Letter\u0000" }, "label must not hold control characters"],
  [{ href: "/a\u0000b" }, "href must not hold control characters"],
  [{ href: "https://" }, "href must name a site, like https://www.example.org"],
  [{ href: "https:///tickets" }, "href must name a site, like https://www.example.org"],
  [{ href: "https://?x" }, "href must name a site, like https://www.example.org"],
  [
    { image: "https://www.example.org@evil.example/a.png" },
    "image must name a site, like https://www.example.org",
  ],
])("what nobody can read or follow is refused when it is saved: %j", (more, fault) => {
  expect(own(more)).toEqual([fault]);
});

test.each<Partial<Action>>([
  { title: "👩‍👧‍👦 ❤️", text: "اشترك\u200f الآن\nzwei\u00adte Zeile" },
  { href: "https://www.example.org:8443/a?b=c@d#e" },
  { href: "https://bücher.example/", image: "/a@b.png" },
])("what is written in any language, and links anywhere, is taken: %j", (more) => {
  expect(own(more)).toEqual([]);
});
