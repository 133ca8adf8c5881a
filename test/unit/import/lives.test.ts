import { expect, test } from "vitest";
import { recordsOf } from "../../../src/import/lives.ts";
import type { ImportedPerson } from "../../../src/import/rows.ts";

const lifeOf = (email: string) => (email.endsWith("@firm.example") ? "work" : "private");
const person = (more: Partial<ImportedPerson>): ImportedPerson => ({
  ids: {},
  traits: {},
  consent: { measurement: true },
  permissions: [{ channel: "email", granted: true }],
  ...more,
});

test("a row with addresses of both sides is two records, of which the one named first has the account", () => {
  const row = person({
    ids: {
      userId: ["u-1"],
      email: ["jane@home.example", "j@firm.example", "jd@firm.example"],
      phone: ["+491", "+492"],
    },
    lives: { private: ["jane@home.example"], work: ["j@firm.example", "+492"] },
    traits: { firstName: "Jane", birthday: "1980-01-01", company: "Firm", seat: "A1" },
  });
  const [first, second] = recordsOf(row, lifeOf);
  expect(first).toMatchObject({
    ids: { userId: ["u-1"], email: ["jane@home.example"], phone: ["+491"] },
    traits: { firstName: "Jane", birthday: "1980-01-01", seat: "A1" },
  });
  expect(first.traits).not.toHaveProperty("company");
  expect(second).toEqual({
    ...row,
    ids: { email: ["j@firm.example", "jd@firm.example"], phone: ["+492"] },
    traits: { firstName: "Jane", company: "Firm" },
  });
});

test("the file's own word stands before what a domain says, and one side alone is one record", () => {
  const both = person({
    ids: { email: ["owner@firm.example", "work@home.example"] },
    lives: { private: ["owner@firm.example"], work: ["work@home.example"] },
  });
  expect(recordsOf(both, lifeOf).map(({ ids }) => ids.email)).toEqual([
    ["owner@firm.example"],
    ["work@home.example"],
  ]);
  const one = person({
    ids: { email: ["a@firm.example", "a@home.example"] },
    lives: { work: ["a@firm.example"] },
  });
  expect(recordsOf(one, lifeOf)).toEqual([one]);
  const same = person({
    ids: { email: ["a@home.example", "a@home.example"] },
    lives: { work: ["a@home.example"], private: ["a@home.example"] },
  });
  expect(recordsOf(same, lifeOf)).toEqual([same]);
});
