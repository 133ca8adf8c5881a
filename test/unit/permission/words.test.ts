import { expect, test } from "vitest";
import { addressesIn, wordsIn } from "../../../src/domain/permission/words.ts";

const jane = { kind: "email", value: "jane@example.org" } as const;
const phone = { kind: "phone", value: "+4976112345" } as const;

test.each([
  ["Unsubscribed", "email", jane],
  ["Email Marked as Spam", "email", jane],
  ["Email Bounced", "email", jane],
  ["SMS Unsubscribed", "sms", phone],
] as const)(
  "%s is about the address of its channel that the message names",
  (name, channel, address) => {
    expect(wordsIn(name, {}, () => [jane, phone])).toMatchObject([
      { channel, state: "suppressed", address },
    ]);
  },
);

test("where the message names none, it is about those that the visitor has said", () => {
  expect(wordsIn("Unsubscribed", {}, () => [phone])).toMatchObject([{ address: null }]);
  expect(wordsIn("Unsubscribed", {})).toMatchObject([{ address: null }]);
});

test("a sign-up is about those that the visitor has said, and no other event asks which are named", () => {
  expect(wordsIn("Newsletter Subscribed", {}, () => [jane])).toMatchObject([{ address: null }]);
  const asked = (): never => {
    throw new Error("nobody needs to know");
  };
  expect(wordsIn("Order Completed", {}, asked)).toEqual([]);
  expect(wordsIn(null, {}, asked)).toEqual([]);
});

test("addresses in properties are spelled as everywhere, and what is none is left out", () => {
  expect(addressesIn({ email: " Jane@Example.org ", phone: "call me" })).toEqual([jane]);
  expect(addressesIn({ email: ["jane@example.org"] })).toEqual([]);
});
