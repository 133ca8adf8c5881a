/**
 * What the ledger comes to, in a form that anybody can make again from its rows: the days that are over as a chain. Whoever kept an
 * earlier statement sees whether a later ledger still begins with the same days.
 */
import { canonical } from "./canonical.ts";
import { GENESIS, type Sha256 } from "./ledger.ts";

/** A day that is over, of its anchor what needs no secret to be checked. */
export interface LedgerDay {
  /** Days since 1970. */
  readonly day: number;
  /** How many receipts landed. */
  readonly receipts: number;
  /** `anchorOf` the newest receipts of the chains that grew. */
  readonly heads: string;
}

export interface LedgerStatement {
  readonly site: string;
  /** The last day; null before there is one. */
  readonly until: number | null;
  /** The link of that day. */
  readonly link: string;
  /** When it was said, RFC 3339. */
  readonly at: string;
  /** Of an export: SHA-256, base64url, of all bytes before the line that this stands in. */
  readonly file?: string;
  /** Of an export: erased receipts whose own seals were checked, and how many of them didn't hold. */
  readonly erased?: { readonly checked: number; readonly broken: number };
}

/** SHA-256 over a day and the link of the one before it. */
export const linkOf = (
  { day, receipts, heads }: LedgerDay,
  before: string,
  sha256: Sha256,
): Promise<string> => sha256(canonical({ day, receipts, heads, before }));

/** The links of days in their order, by day. */
export async function linksOf(
  days: readonly LedgerDay[],
  sha256: Sha256,
): Promise<Map<number, string>> {
  const links = new Map<number, string>();
  let before = GENESIS;
  for (const day of days) {
    before = await linkOf(day, before, sha256);
    links.set(day.day, before);
  }
  return links;
}

/** The text that is signed. */
export const statementText = ({ site, until, link, at, file, erased }: LedgerStatement): string =>
  canonical({
    site,
    until,
    link,
    at,
    ...(file === undefined ? {} : { file }),
    ...(erased ? { erased: { ...erased } } : {}),
  });
