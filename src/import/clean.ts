/** One spelling for what files spell in many ways: names, postcodes and telephone numbers. */
import { type Country, phoneReader } from "../domain/identity/phones.ts";
import { normalisePhone } from "../domain/intake/normalise.ts";

/** `MÜLLER-LÜDENSCHEIDT` → `Müller-Lüdenscheidt`; a name in mixed case is as its bearer writes it. */
export function nameIn(text: string): string {
  const name = text.normalize("NFC").replaceAll(/\s+/g, " ").trim();
  const isShouted = name === name.toUpperCase() || name === name.toLowerCase();
  if (!isShouted) return name;
  return name
    .toLowerCase()
    .replaceAll(/(^|[\s'’-])(\p{L})/gu, (_, before: string, first: string) => {
      return before + first.toUpperCase();
    });
}

/**
 * In full where the country is known, from the number or for the file: what isn't possible there is no number. Of a national
 * one of no known country the digits are all there is.
 */
export async function phonesOf(country: Country | null): Promise<(text: string) => string | null> {
  const read = await phoneReader(country);
  return (text) => {
    const number = read(text);
    if (number !== null || country !== null) return number;
    const digits = normalisePhone(text);
    return digits?.startsWith("+") ? null : digits;
  };
}

/** `sw1a1aa` → `SW1A 1AA`, ` 79 098` → `79098` */
export function postcodeIn(text: string): string {
  const code = text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  const british = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/.exec(code);
  return british ? `${british[1]} ${british[2]}` : code;
}
