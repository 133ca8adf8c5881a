/** The identifier index as maps: who said what before whom, and who proved it. */
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import type { Answers } from "../../../src/person/work.ts";

interface Row {
  visitor: VisitorId;
  rank: number;
  proven: boolean;
}

export class SimulatedIndex {
  private readonly rows = new Map<IdentifierKey, Row[]>();

  claim(
    identifier: IdentifierKey,
    visitor: VisitorId,
    isProven: boolean,
  ): Exclude<Answers["claim"], { erased: true }> {
    const rows = this.rows.get(identifier) ?? [];
    this.rows.set(identifier, rows);
    let own = rows.find((row) => row.visitor === visitor);
    if (!own) rows.push((own = { visitor, rank: (rows.at(-1)?.rank ?? 0) + 1, proven: false }));
    own.proven ||= isProven;
    const before = rows
      .slice(0, rows.indexOf(own))
      .map((row) => ({ visitor: row.visitor, proven: row.proven }))
      .sort((a, b) => Number(b.proven) - Number(a.proven));
    return { before, crowd: rows.length, proven: rows.filter((row) => row.proven).length };
  }

  /** In the order in which they came. */
  claimants(identifier: IdentifierKey): VisitorId[] {
    return (this.rows.get(identifier) ?? []).map(({ visitor }) => visitor);
  }

  identifiers(): Iterable<IdentifierKey> {
    return this.rows.keys();
  }

  /** Those who came after somebody who is gone, however often that is done. */
  remove(visitor: VisitorId, identifiers: readonly IdentifierKey[]): Answers["land"]["ask"] {
    return identifiers.flatMap((identifier) => {
      const rest = (this.rows.get(identifier) ?? []).filter((row) => row.visitor !== visitor);
      this.rows.set(identifier, rest);
      return rest
        .filter(({ rank }, place) => rank > place + 1)
        .map((row) => ({ visitor: row.visitor, identifier }));
    });
  }
}
