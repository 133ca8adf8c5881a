/** One spelling for what files spell in many ways: names and postcodes. (Phone numbers: domain/identity/phones.ts.) */

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
