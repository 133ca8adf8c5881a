/** What the ledger comes to now, signed: published for whoever keeps it, and at the end of what an auditor gets. */
import { anchorsFrom } from "../d1/anchors.ts";
import { GENESIS, type Sha256 } from "../domain/consent/ledger.ts";
import {
  type LedgerDay,
  type LedgerStatement,
  linksOf,
  statementText,
} from "../domain/consent/ledger-statement.ts";
import type { Millis } from "../domain/ids.ts";
import type { IdentifierKeys } from "../keys/identifiers.ts";
import type { LedgerKey } from "../keys/ledger-signer.ts";

export interface StatementPorts {
  db: D1Database;
  identifiers: Pick<IdentifierKeys, "ledger">;
  sha256: Sha256;
}

export interface SignedStatement {
  statement: LedgerStatement;
  algorithm: "Ed25519";
  key: LedgerKey;
  /** Over `statementText`, base64url. */
  signature: string;
}

type About = Pick<LedgerStatement, "site" | "file" | "erased"> & { at: Millis };

/** `days`: every day that was anchored, oldest first. */
export async function signStatement(
  { identifiers, sha256 }: Omit<StatementPorts, "db">,
  days: readonly LedgerDay[],
  { site, at, ...file }: About,
): Promise<SignedStatement> {
  const until = days.at(-1)?.day ?? null;
  const links = await linksOf(days, sha256);
  const link = (until === null ? undefined : links.get(until)) ?? GENESIS;
  const statement = { site, until, link, at: new Date(at).toISOString(), ...file };
  return {
    statement,
    algorithm: "Ed25519",
    key: await identifiers.ledger.publicKey(),
    signature: await identifiers.ledger.sign(statementText(statement)),
  };
}

export const publishedStatement = async (
  ports: StatementPorts,
  about: About,
): Promise<SignedStatement> => signStatement(ports, await anchorsFrom(ports.db, 0), about);
