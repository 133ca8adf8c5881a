import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { withhold, WITHHELD } from "../../../src/domain/consent/withhold.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import type { MessageId } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/json.ts";

const rules = {
  scrub: { names: ["Password"], values: ["card", "iban", "phone"] },
  sensitiveTopics: ["Health"],
} as typeof DEFAULT_POLICY;

const event = (props: JsonObject): UsherEvent => ({
  id: "m" as MessageId,
  type: "track",
  name: "x",
  channel: "web",
  day: 1,
  at: 1,
  received: 1,
  purposes: [],
  policy: 1,
  props,
});

const cases: [said: string, kept: string][] = [
  ["card 4111 1111 1111 1111 please", `card ${WITHHELD} please`],
  ["order 4111 1111 1111 1112", "order 4111 1111 1111 1112"],
  ["DE89 3704 0044 0532 0130 00", WITHHELD],
  ["call +44 20 7946 0958 now", `call ${WITHHELD} now`],
  ["seat 12 row 7", "seat 12 row 7"],
];
test.each(cases)("%j is kept as %j", (said, kept) => {
  expect(withhold(event({ deep: [{ said }] }), rules).props).toEqual({ deep: [{ said: kept }] });
});

test("a property of a withheld name is left out at any depth and in any case", () => {
  const kept = withhold(event({ a: { PASSWORD: "x", b: [{ password: "y", c: 1 }] } }), rules);
  expect(kept.props).toEqual({ a: { b: [{ c: 1 }] } });
});

test.each(['{"__proto__":0}', '{"__proto__":{"password":"x","seat":1}}', '{"constructor":1}'])(
  "a property is a property, whatever its name: %s",
  (text) => {
    const kept = withhold(event(JSON.parse(text) as JsonObject), rules).props;
    expect(JSON.stringify(kept)).toBe(text.replace('"password":"x",', ""));
  },
);

test("whatever is said, what is left out doesn't change what else is there", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.boolean())), (props) => {
      const plain = Object.fromEntries(
        Object.entries(props).filter(([name]) => name.toLowerCase() !== "password"),
      );
      expect(withhold(event(props), rules).props).toEqual(plain);
    }),
  );
});

test("kinds of values are left out wherever they stand, and an advertising system's own numbers stay", () => {
  const kept = withhold(
    {
      ...event({}),
      type: "page",
      name: "Call +44 20 7946 0958",
      topics: ["loans", "de89 3704", "+442079460958"],
      page: {
        url: "https://www.example.org/find/4111111111111111?q=%2B44%2020%207946%200958&tel=+442079460958&row=12&e%6Dail=x",
        path: "/find/4111111111111111",
        title: "Results for DE89 3704 0044 0532 0130 00",
        referrer: "https://www.example.org/pay/4111-1111-1111-1111/done",
      },
      campaign: {
        source: "partner",
        term: "4111 1111 1111 1111",
        id: "4111111111111111",
        click: { vendor: "google", param: "gclid", id: "4111111111111111" },
      },
    },
    rules,
  );
  expect(kept).toMatchObject({
    name: `Call ${WITHHELD}`,
    topics: ["loans", "de89 3704", WITHHELD],
    page: {
      url: `https://www.example.org/find/${WITHHELD}?q=${WITHHELD}&tel=${WITHHELD}&row=12&e%6Dail=x`,
      path: `/find/${WITHHELD}`,
      title: `Results for ${WITHHELD}`,
      referrer: `https://www.example.org/pay/${WITHHELD}/done`,
    },
    campaign: {
      source: "partner",
      term: WITHHELD,
      id: "4111111111111111",
      click: { id: "4111111111111111" },
    },
  });
});

test("a parameter is known by its name however it is written", () => {
  const said = { ...event({}), page: { url: "https://a.example/?pass%77ord=x&row=1", path: "/" } };
  expect(withhold(said, rules).page?.url).toBe("https://a.example/?row=1");
});

test("where the policy names no kind of value beside addresses, nothing else is looked into", () => {
  const said = { ...event({ note: "call +442079460958" }), name: "+44 20 7946 0958" };
  const plain = { ...rules, scrub: { names: [], values: ["email" as const] } };
  expect(withhold(said, plain)).toEqual(said);
});
