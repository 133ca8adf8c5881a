/** Every document and message under damage: taken, or refused with where it is wrong, and never thrown over. */
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { conditionsOf, sentence } from "../../../src/domain/action/conditions.ts";
import type { Conditions } from "../../../src/domain/action/catalogue.ts";
import { CatalogueSchema, ConditionsSchema } from "../../../src/domain/action/schema.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { isKnownChild } from "../../../src/domain/consent/child.ts";
import { parseChoiceRequest } from "../../../src/domain/consent/choice-request.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { parsePolicy } from "../../../src/domain/consent/policy.ts";
import { readContextConsent } from "../../../src/domain/consent/signals/cmp.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { MergeRulesSchema } from "../../../src/domain/identity/rules-schema.ts";
import { openEnvelope } from "../../../src/domain/intake/envelope.ts";
import { junkIn } from "../../../src/domain/intake/junk.ts";
import { isObject, type Json, type JsonObject } from "../../../src/domain/json.ts";
import { addressesIn, wordsIn } from "../../../src/domain/permission/words.ts";
import { messageOf, openCapture } from "../../../src/http/dialects/posthog.ts";
import { columns, damagedJson } from "./corpus.ts";
import { NOW, server } from "../intake/senders.ts";
import { run } from "../intake/taking.ts";

/** All that is asked of a message before anybody knows whether it may be recorded, and after. */
function readMessage(raw: JsonObject): void {
  run(raw);
  run(raw, server);
  junkIn(raw);
  isKnownChild(raw, NOW);
  const { context, properties } = raw;
  wordsIn("Newsletter Unsubscribed", isObject(context) ? context : {}, () =>
    addressesIn(isObject(properties) ? properties : {}),
  );
}

const MESSAGE = {
  type: "identify",
  messageId: "m1",
  userId: "u1",
  anonymousId: "a1",
  timestamp: "2026-11-22T10:00:00Z",
  traits: { email: "jane@example.org", age: 30, birthday: "1990-01-01", social: { google: "1" } },
  properties: { price: 9, products: [{ price: 1 }], topics: ["a"], email: "jane@example.org" },
  context: {
    messaging_subscriptions: [{ type: "EMAIL", key: "jane@example.org", status: "SUBSCRIBED" }],
    externalIds: [{ id: "1", type: "crm" }],
    page: { url: "https://www.example.org/a?b=c", title: "A" },
    campaign: { name: "autumn" },
    device: { token: "t", touchPoints: 1 },
    userAgentData: { mobile: true },
    consent: { categoryPreferences: { measurement: true } },
  },
};

const CAPTURE = {
  api_key: "key",
  batch: [
    {
      event: "$create_alias",
      distinct_id: "u1",
      properties: { $group_type: "club", $group_key: "1", alias: "a1", $set: { email: "a@b.de" } },
      offset: 5,
    },
    { event: "Bought", properties: { distinct_id: "u1", $groups: { club: "1" } } },
  ],
};

/** `isWire`: it comes out of JSON in any case. */
const DOCUMENTS: Readonly<
  Record<string, { seed: unknown; parse: (value: unknown) => unknown; isWire?: true }>
> = {
  "a policy": { seed: DEFAULT_POLICY, parse: parsePolicy },
  "a catalogue with its conditions": {
    seed: STARTER_CATALOGUE,
    parse: (value) => v.safeParse(CatalogueSchema, value).success,
  },
  "merge rules": {
    seed: DEFAULT_MERGE_RULES,
    parse: (value) => v.safeParse(MergeRulesSchema, value).success,
  },
  "a choice": {
    seed: { choices: { measurement: true }, override: ["gpc"] },
    parse: parseChoiceRequest,
  },
  "the consent of a message": {
    seed: {
      consent: { categoryPreferences: { measurement: true } },
      consentManagement: { allowedConsentIds: ["a"], deniedConsentIds: ["b"] },
    },
    parse: readContextConsent,
  },
  "a message": {
    isWire: true,
    seed: MESSAGE,
    parse: (value) => {
      if (isObject(value)) readMessage(value);
    },
  },
  "a batch": {
    isWire: true,
    seed: { writeKey: "key", sentAt: "2026-11-22T10:00:00Z", batch: [MESSAGE], context: {} },
    parse: (value) => openEnvelope(value as Json, 40_000, "batch").messages.forEach(readMessage),
  },
  "a capture of PostHog's": {
    isWire: true,
    seed: CAPTURE,
    parse: (value) => {
      openCapture(value as Json, 40_000, null, NOW).messages.forEach(readMessage);
      if (isObject(value)) readMessage(messageOf(value, NOW));
    },
  },
};

describe.each(Object.entries(DOCUMENTS))("%s", (_, { seed, parse, isWire = false }) => {
  test("is taken or refused with where it is wrong, never thrown over", () => {
    fc.assert(
      fc.property(damagedJson(seed), (value) => {
        parse(value);
      }),
      { numRuns: 800 },
    );
    fc.assert(
      fc.property(isWire ? fc.jsonValue() : fc.anything(), (value) => void parse(value)),
      { numRuns: 300 },
    );
  });
});

/** A copy with the value at this path, written with dots. */
function edited(document: unknown, path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(document);
  const names = path.split(".");
  const last = names.pop() ?? "";
  const holder = names.reduce<unknown>((at, name) => (at as JsonObject)[name], copy) as JsonObject;
  holder[last] = value as Json;
  return copy;
}

test.each(columns("policy"))("a policy, edited: %s %s", (path, json = "", faulty) => {
  const value: unknown = JSON.parse(json);
  const read = parsePolicy(edited(DEFAULT_POLICY, path ?? "", value));
  if (faulty === undefined) return expect(read).toMatchObject({ ok: true });
  if (read.ok) throw new Error("it was taken");
  expect(read.faults.map((fault) => fault.path)).toContain(faulty);
  const words = read.faults.map(({ message }) => message).join();
  if (typeof value === "string" && value.length > 3) expect(words).not.toContain(value);
});

test.each(columns("conditions"))("conditions: %s", (json = "", faulty) => {
  const read = v.safeParse(ConditionsSchema, JSON.parse(json));
  const places = (read.issues ?? []).map((issue) =>
    (issue.path ?? []).map((item) => String(item.key)).join("."),
  );
  if (faulty !== undefined) return expect(places).toContain(faulty);
  expect(places).toEqual([]);
  const conditions = read.output as Conditions;
  expect(sentence(conditions).length).toBeLessThan(6 * json.length + 200);
  expect(conditionsOf(conditions).every(({ words }) => words !== "")).toBe(true);
});
