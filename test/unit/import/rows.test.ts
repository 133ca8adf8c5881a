import { describe, expect, test } from "vitest";
import { phoneReader } from "../../../src/domain/identity/phones.ts";
import { blockedBy } from "../../../src/domain/intake/blocked.ts";
import { nameIn, phonesOf, postcodeIn } from "../../../src/import/clean.ts";
import { eventReader, peopleReader, readerOf } from "../../../src/import/rows.ts";

const DE = { phone: await phonesOf("DE") };
const person = (header: string[], fields: string[]) =>
  readerOf(header, peopleReader)({ line: 7, fields, flaw: null }, DE);

describe("a row of people", () => {
  test("is read whatever the columns are called", () => {
    const read = person(
      [
        "E-Mail Address",
        "Mobile",
        "Vorname",
        "First Name",
        "PLZ",
        "user_id",
        "consent_measurement",
        "permission email",
      ],
      ["Jane@Example.org", "0170 1234567", "x", "JANE", "79 098", "u-1", "ja", "no"],
    );
    expect(read).toEqual({
      ok: true,
      line: 7,
      value: {
        ids: { email: ["jane@example.org"], phone: ["+491701234567"], userId: ["u-1"] },
        traits: { firstName: "Jane", postalCode: "79098", Vorname: "x" },
        consent: { measurement: true },
        permissions: [{ channel: "email", granted: false }],
      },
    });
  });

  test.each([
    ["yes", "no"],
    ["no", "yes"],
    ["no", ""],
  ])("that answers one thing twice, %s and %s, refuses it", (first, second) => {
    const twice = ["consent_measurement", "permission_email", "Consent Measurement"];
    const header = ["email", ...twice, "permission email"];
    expect(person(header, ["j@x.example", first, first, second, second])).toMatchObject({
      value: {
        consent: { measurement: false },
        permissions: [{ channel: "email", granted: false }],
      },
    });
  });

  test("may name accounts elsewhere and record ids of mail tools, and needs no other name", () => {
    expect(person(["social:Google", "esp:mailchimp"], ["g-1", "7f3a"])).toMatchObject({
      value: { ids: { "social:google": ["g-1"], "esp:mailchimp": ["7f3a"] }, traits: {} },
    });
    expect(person(["esp:mailchimp"], ["null"])).toMatchObject({ ok: false });
  });

  test("says by the column's name which addresses are of work and which are private", () => {
    const header = ["Work e-mail", "email", "email_private", "Mobile (work)", "Home phone"];
    const fields = ["j@firm.example", "j@x.example", "j@gmail.com", "0170 1", "0170 7654321"];
    fields[3] = "0170 1234567";
    expect(person(header, fields)).toMatchObject({
      value: {
        ids: {
          email: ["j@firm.example", "j@x.example", "j@gmail.com"],
          phone: ["+491701234567", "+491707654321"],
        },
        lives: {
          work: ["j@firm.example", "+491701234567"],
          private: ["j@gmail.com", "+491707654321"],
        },
      },
    });
    // What merely sounds alike says nothing of a life.
    expect(person(["homepage", "email"], ["x.example", "a@b.de"])).toMatchObject({
      value: { ids: { email: ["a@b.de"] }, traits: { homepage: "x.example" } },
    });
  });

  test.each([
    [["email"], ["nobody"], "email isn't an e-mail address"],
    [["phone"], ["12"], "phone isn't a phone number"],
    [["user_id"], ["null"], "user_id is a placeholder that names nobody"],
    [["email"], ["test@test.com"], "email is a placeholder that names nobody"],
    [["city"], ["Bonn"], "names nobody: it has no id, e-mail address or phone number"],
    [
      ["email", "consent_measurement"],
      ["a@b.de", "perhaps"],
      "consent_measurement is neither yes nor no",
    ],
    [["email", "name"], ["a@b.de"], "has 1 fields, the header has 2"],
  ])("%j %j is invalid: %s", (header, fields, message) => {
    expect(person(header, fields)).toEqual({ ok: false, line: 7, message });
  });
});

test("a value that the officer blocked is told as a placeholder, and one that they freed is read", () => {
  const blocked = { values: ["user_id:web"], patterns: [], allowed: ["null"] };
  const options = { ...DE, isBlocked: blockedBy(blocked) };
  const read = readerOf(["user_id"], peopleReader);
  const row = (id: string) => read({ line: 7, fields: [id], flaw: null }, options);
  expect(row("web")).toMatchObject({ ok: false });
  expect(row("null")).toMatchObject({ ok: true, value: { ids: { userId: ["null"] } } });
});

test("an event needs a name, a time and somebody; what else it has are its properties", () => {
  const read = readerOf(["event", "timestamp", "email", "gate", "price", "code"], eventReader);
  const row = (...fields: string[]) => read({ line: 2, fields, flaw: null }, DE);
  expect(
    row("Ticket Scanned", "2026-11-01T15:30:00Z", "a@b.de", "N4", "12.50", "007"),
  ).toMatchObject({
    ok: true,
    value: { event: "Ticket Scanned", properties: { gate: "N4", price: 12.5, code: "007" } },
  });
  expect(row("", "2026-11-01", "a@b.de", "", "", "")).toMatchObject({ message: "has no event" });
  // The fourth of March in one country is the third of April in another.
  for (const moment of ["soon", "2026-02-31 08:00", "03/04/2026", "4.3.2026", "2026"])
    expect(row("Scan", moment, "a@b.de", "", "", "")).toMatchObject({
      message: "has a timestamp that isn't one, such as 2026-11-22T08:00:00Z",
    });
  for (const moment of ["2026-11-01", "2026-11-01 08:00", "1795348800"])
    expect(row("Scan", moment, "a@b.de", "", "", "")).toMatchObject({ ok: true });
  expect(row("Scan", "2026-11-01", "", "", "", "")).toMatchObject({ ok: false });
});

test("a number that isn't possible in its country is none, whether the file or the number says which", async () => {
  const read = async (text: string, country: string | null) => (await phonesOf(country))(text);
  expect(await read("01 23 45", "FR")).toBeNull();
  expect(await read("+33 1 23 45", null)).toBeNull();
  expect(await read("+33 1 23 45", "DE")).toBeNull();
  expect(await read("0033 1 23 45", null)).toBeNull();
  expect(await read("01 23 45 67 89", "FR")).toBe("+33123456789");
  // Of no known country: its digits are all there is.
  expect(await read("01 23 45", null)).toBe("012345");
  expect(await read("12", null)).toBeNull();
});

test("phone numbers, names and postcodes get one spelling", async () => {
  const read = async (text: string, country: string | null) => (await phoneReader(country))(text);
  expect(await read("(0761) 12 34-56", "DE")).toBe("+49761123456");
  expect(await read("+49 (0)761 123456", "FR")).toBe("+49761123456");
  expect(await read("06 1234567", "IT")).toBe("+39061234567");
  expect(await read("0044 20 7946 0958", "DE")).toBe("+442079460958");
  expect(await read("0761 123456", null)).toBeNull();
  expect(await read("12", "DE")).toBeNull();
  expect(nameIn("  MÜLLER-lüdenscheidt ")).toBe("MÜLLER-lüdenscheidt");
  expect(nameIn("MÜLLER-LÜDENSCHEIDT")).toBe("Müller-Lüdenscheidt");
  expect(nameIn("o'neill")).toBe("O'Neill");
  expect(nameIn("van der Berg")).toBe("van der Berg");
  expect(postcodeIn("sw1a1aa")).toBe("SW1A 1AA");
  expect(postcodeIn(" 79 098 ")).toBe("79098");
});
