/** Which device used an identity token first. */
import type { Millis } from "../domain/ids.ts";

export interface Binding {
  /** Keyed names of the device's visitor, and of the one it becomes when a second user signs in there. */
  device: string;
  rotated: string;
  firstUsed: Millis;
}

export interface TokenUse extends Binding {
  /** Keyed name of the token. */
  token: string;
  until: Millis;
}

/** Binds the token if nobody has. @returns what it is bound to */
export async function bindToken(
  db: D1Database,
  { token, device, rotated, until, firstUsed }: TokenUse,
): Promise<Binding> {
  const [, found] = await db.batch<Binding>([
    db
      .prepare(
        `INSERT INTO tokens (token, device, rotated, until, first_used) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING`,
      )
      .bind(token, device, rotated, until, firstUsed),
    db
      .prepare("SELECT device, rotated, first_used AS firstUsed FROM tokens WHERE token = ?1")
      .bind(token),
  ]);
  const bound = found?.results[0];
  if (!bound) throw new Error("D1 answered the use of a token without its row");
  return bound;
}

/** Tokens that have expired prove nothing anyway. */
export async function pruneTokens(db: D1Database, now: Millis): Promise<void> {
  await db.prepare("DELETE FROM tokens WHERE until < ?1").bind(now).run();
}
