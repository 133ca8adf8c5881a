/** What the columns of a file mean, whatever case and separators their names have. */
import type { Life } from "../domain/person/sides.ts";
import { kindInFamily } from "../domain/intake/identifiers.ts";

/** `E-Mail Address` → `emailaddress` */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

const names = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Columns that name somebody. */
export const IDENTIFIERS = {
  userId: names("userid user id customerid memberid accountid"),
  email: names("email emailaddress mail email2"),
  phone: names("phone phonenumber mobile mobilephone mobilenumber telephone tel cell"),
  crm: names("crm crmid contactid leadid"),
  anonymousId: names("anonymousid"),
} as const;

/** Accounts elsewhere and record ids of mail tools are called by their kind: `social:google`, `esp:mailchimp`. */
export type IdentifierColumn = keyof typeof IDENTIFIERS | `social:${string}` | `esp:${string}`;

/** `email_work`, `private phone`: of which side of somebody's life an address is. */
const LIVES: Readonly<Record<Life, RegExp>> = {
  work: /^(?:work|business|office)|(?:work|business|office)$/,
  private: /^(?:private|privat|personal|home)|(?:private|privat|personal|home)$/,
};

function addressOf(short: string): Meaning | null {
  for (const [life, word] of Object.entries(LIVES))
    for (const column of ["email", "phone"] as const)
      if (word.test(short) && IDENTIFIERS[column].has(short.replace(word, "")))
        return { is: "identifier", column, life: life as Life };
  return null;
}

const TRAITS: Readonly<Record<string, string>> = {
  firstname: "firstName",
  givenname: "firstName",
  forename: "firstName",
  lastname: "lastName",
  surname: "lastName",
  familyname: "lastName",
  name: "name",
  fullname: "name",
  birthday: "birthday",
  dateofbirth: "birthday",
  birthdate: "birthday",
  street: "street",
  address: "street",
  city: "city",
  town: "city",
  postcode: "postalCode",
  postalcode: "postalCode",
  zip: "postalCode",
  zipcode: "postalCode",
  plz: "postalCode",
  country: "country",
  company: "company",
};

export type Meaning =
  | { is: "identifier"; column: IdentifierColumn; life?: Life }
  | { is: "trait"; name: string }
  /** What they agreed to: `consent_measurement`. */
  | { is: "consent"; purpose: string }
  /** Whether they may be contacted: `permission_email`. */
  | { is: "permission"; channel: "email" | "sms" | "push" | "call" }
  | { is: "other"; name: string };

const CONSENT = /^consent[\s_:.-]*([a-z][a-z0-9_-]*)$/i;
const PERMISSION = /^(?:permission|optin|opt-in|may)[\s_:.-]*(email|sms|push|call)$/i;

export function meaningOf(name: string): Meaning {
  const short = plain(name);
  for (const [column, known] of Object.entries(IDENTIFIERS))
    if (known.has(short)) return { is: "identifier", column: column as IdentifierColumn };
  const address = addressOf(short);
  if (address) return address;
  const kind = kindInFamily(name.trim());
  if (kind !== null) return { is: "identifier", column: kind as IdentifierColumn };
  const trait = TRAITS[short];
  if (trait !== undefined) return { is: "trait", name: trait };
  const purpose = CONSENT.exec(name.trim())?.[1];
  if (purpose !== undefined) return { is: "consent", purpose: purpose.toLowerCase() };
  const channel = PERMISSION.exec(name.trim())?.[1]?.toLowerCase();
  if (channel !== undefined)
    return { is: "permission", channel: channel as "email" | "sms" | "push" | "call" };
  return { is: "other", name: name.trim() };
}

const YES = names("yes y true 1 x ja oui si sí granted given subscribed");
const NO = names("no n false 0 nein non refused denied withdrawn unsubscribed");

/** Null for what is neither; `undefined` for nothing said. */
export function yesOrNo(text: string): boolean | null | undefined {
  const said = text.trim().toLowerCase();
  if (said === "") return undefined;
  if (YES.has(said)) return true;
  return NO.has(said) ? false : null;
}
