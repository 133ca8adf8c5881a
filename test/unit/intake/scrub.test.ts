import fc from "fast-check";
import { expect, test } from "vitest";
import { hasEmail, scrub } from "../../../src/domain/intake/scrub.ts";
import { pairs } from "./cases.ts";

test.each(pairs("texts_scrubbed"))("%j is kept as %j", (text, kept) => {
  expect(scrub(text)).toBe(kept);
});

/** The standard allows a name of nothing but `/` or `?`; nobody has one, and `/@club.example` is a link. */
const address = fc.emailAddress().filter((text) => /[a-z0-9]@/i.test(text));
const around = fc.string({ maxLength: 20, unit: "grapheme" });
const encoded = fc.constantFrom(
  (text: string) => text,
  encodeURIComponent,
  (text: string) => encodeURIComponent(encodeURIComponent(text)),
  (text: string) => text.replace("@", "%40"),
  (text: string) => text.toUpperCase(),
);

test("no e-mail address survives, whatever stands around it and however it is encoded", () => {
  fc.assert(
    fc.property(around, address, around, encoded, (before, mail, after, encode) => {
      const written = encode(mail);
      expect(scrub(`${before} ${written} ${after}`)).not.toContain(written);
    }),
    { numRuns: 1_000 },
  );
});

test("of a common address not even the name survives", () => {
  const word = fc.stringMatching(/^[a-z]{4,12}$/);
  fc.assert(
    fc.property(word, word, around, (first, last, after) => {
      const address = `${first}.${last}-4711@example.org`;
      expect(scrub(`?e=${encodeURIComponent(address)} ${after}`)).not.toContain(`${last}-4711`);
      expect(scrub(`to <${address}>${after}`)).not.toContain(`${last}-4711`);
    }),
  );
});

test("an address whose quoted part holds another one goes as a whole", () => {
  expect(scrub('"a＠b.c"＠b.c')).toBe("[email]");
});

test("scrubbed text holds no address", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", ".", "@", "%40", "b.c", " ", '"', "＠", "%25"), {
        maxLength: 40,
      }),
      (parts) => {
        expect(hasEmail(scrub(parts.join("")))).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each(["a", "a%40", "@", "a@", "%", "%25", "%40", '"@', "a.", "&#0", "@.", "a@b."])(
  "half a megabyte of %j is read in one pass",
  (piece) => {
    const text = piece.repeat(Math.floor(500_000 / piece.length));
    expect(typeof scrub(text)).toBe("string");
  },
  5_000,
);
