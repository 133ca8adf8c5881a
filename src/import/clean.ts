/** One spelling for what files spell in many ways: phone numbers, names, postcodes. */

/** Calling codes of the countries whose national numbers begin with a 0 that falls away abroad. */
const CALLING: Readonly<Record<string, string>> = Object.fromEntries(
  (
    "DE:49 AT:43 CH:41 GB:44 FR:33 NL:31 BE:32 LU:352 IE:353 SE:46 NO:47 DK:45 FI:358 IS:354 PL:48 CZ:420 SK:421 HU:36 " +
    "IT:39 ES:34 PT:351 GR:30 RO:40 BG:359 HR:385 SI:386 EE:372 LV:371 LT:370 CY:357 MT:356 TR:90 UA:380 US:1 CA:1 AU:61 " +
    "NZ:64 ZA:27 IN:91 JP:81 KR:82 CN:86 SG:65 BR:55 MX:52 AR:54 IL:972 AE:971"
  )
    .split(" ")
    .map((entry) => entry.split(":")),
);
/** Where the 0 is part of the number abroad, too. */
const KEEPS_ZERO: ReadonlySet<string> = new Set(["IT"]);

export const isCallingCountry = (country: string): boolean => CALLING[country] !== undefined;

/** A national number as an international one; without a country it stays as it is. */
export function phoneIn(text: string, country: string | null): string {
  const trimmed = text.trim();
  const digits = trimmed.replaceAll(/\(0\)/g, "").replaceAll(/[^\d+]/g, "");
  if (digits.startsWith("+") || digits.startsWith("00") || country === null) return digits;
  const code = CALLING[country];
  if (code === undefined) return digits;
  return `+${code}${KEEPS_ZERO.has(country) ? digits : digits.replace(/^0/, "")}`;
}

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

/** `sw1a1aa` → `SW1A 1AA`, ` 79 098` → `79098` */
export function postcodeIn(text: string): string {
  const code = text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  const british = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/.exec(code);
  return british ? `${british[1]} ${british[2]}` : code;
}
