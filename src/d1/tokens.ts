/** Which device used an identity token first. */
import type { Millis } from "../domain/ids.ts";

export interface TokenUse {
  /** Keyed name of the token. */
  token: string;
  /** Keyed names of the device's visitor, and of the one it becomes when a second user signs in there. */
  device: string;
  rotated: string;
  until: Millis;
}

/** Binds the token if nobody has. @returns what it is bound to */
export async function bindToken(
  db: D1Database,
  { token, device, rotated, until }: TokenUse,
): Promise<Pick<TokenUse, "device" | "rotated"> | null> {
  const [, found] = await db.batch<Pick<TokenUse, "device" | "rotated">>([
    db
      .prepare(
        "INSERT INTO tokens (token, device, rotated, until) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
      )
      .bind(token, device, rotated, until),
    db.prepare("SELECT device, rotated FROM tokens WHERE token = ?1").bind(token),
  ]);
  return found?.results[0] ?? null;
}

/** Tokens that have expired prove nothing anyway. */
export async function pruneTokens(db: D1Database, now: Millis): Promise<void> {
  await db.prepare("DELETE FROM tokens WHERE until < ?1").bind(now).run();
}
