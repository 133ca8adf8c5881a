/**
 * Telephone numbers in one spelling: E.164. The library knows how each country writes its own; it is loaded with the first
 * number, so that nobody else pays for it.
 */
import type { CountryCode } from "libphonenumber-js/min";

/** Two letters, like DE. */
export type Country = string;

const library = () => import("libphonenumber-js/min");

export const isPhoneCountry = async (country: Country): Promise<boolean> =>
  (await library()).isSupportedCountry(country);

/**
 * `value` is digits, with a `+` where the country is said. A national number becomes an international one where the country
 * is known; what is no number of any country stays as it is.
 */
export async function internationalPhone(value: string, country: Country | null): Promise<string> {
  if (country === null && !value.startsWith("+")) return value;
  return (await phoneReader(country))(value) ?? value;
}

/** For many at once. Null for what isn't a possible number; without a country, a national one can't be told. */
export async function phoneReader(
  country: Country | null,
): Promise<(text: string) => string | null> {
  const { parsePhoneNumberFromString, isSupportedCountry } = await library();
  const home: CountryCode | undefined =
    country !== null && isSupportedCountry(country) ? country : undefined;
  return (text) => {
    const dialled = text.replace(/^\s*00/, "+");
    const number = parsePhoneNumberFromString(dialled, home ? { defaultCountry: home } : undefined);
    return number?.isPossible() ? number.number : null;
  };
}
