import { expect, test } from "vitest";
import { everyMailDomain } from "../../../src/domain/identity/mail-lists.ts";
import { lifeOf } from "../../../src/domain/identity/personas.ts";

const rules = { apart: true, organisations: ["sc-freiburg.example"], personal: ["doe.name"] };

test.each([
  ["jane@gmail.com", "personal"],
  ["jane@web.de", "personal"],
  ["jane@yahoo.co.uk", "personal"],
  ["x@mailinator.com", "disposable"],
  ["x@eu.mailinator.com", "disposable"],
  ["jane.doe@acme-corp.example", "work"],
  ["info@acme-corp.example", "role"],
  ["info+tag@acme-corp.example", "role"],
  ["jane@tickets.sc-freiburg.example", "work"],
  ["jane@doe.name", "personal"],
  ["info@gmail.com", "personal"],
] as const)("%s is %s", (email, life) => {
  expect(lifeOf(email, rules)).toBe(life);
});

test("a domain that only ends alike is another", () => {
  expect(lifeOf("jane@notdoe.name", rules)).toBe("work");
});

test.each([
  ["jane@fastmail.com", "personal"],
  ["jane@posteo.de", "personal"],
  ["jane@seznam.cz", "personal"],
  ["x@guerrillamail.info", "disposable"],
  ["jane@example.com", "work"],
  ["jane@bt.com", "work"],
] as const)("by the long lists %s is %s", async (email, life) => {
  expect(lifeOf(email, rules, await everyMailDomain())).toBe(life);
});
