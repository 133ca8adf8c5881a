/** Who followed which mail link, and when: claims of record ids in the identifier index. */
import type { IdentifierKey, Millis, VisitorId } from "../domain/ids.ts";

/** More followers than this make no difference. */
const FOLLOWERS_MAX = 50;

export async function followersOf(
  db: D1Database,
  identifiers: readonly IdentifierKey[],
): Promise<Map<IdentifierKey, { visitor: VisitorId; at: Millis }[]>> {
  const found = new Map<IdentifierKey, { visitor: VisitorId; at: Millis }[]>();
  if (identifiers.length === 0) return found;
  const { results } = await db
    .prepare(
      `SELECT claims.identifier, claims.visitor, claims.at
       FROM json_each(?1) AS item CROSS JOIN claims ON claims.identifier = item.value
       ORDER BY claims.identifier, claims.rank LIMIT ?2`,
    )
    .bind(JSON.stringify(identifiers), identifiers.length * FOLLOWERS_MAX)
    .all<{ identifier: IdentifierKey; visitor: VisitorId; at: Millis }>();
  for (const { identifier, visitor, at } of results)
    found.set(identifier, [...(found.get(identifier) ?? []), { visitor, at }]);
  return found;
}
