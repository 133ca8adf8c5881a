/** Values that officers blocked by hand, when somebody is erased whose they are. */
import { blockedAmong, forgetValue } from "../d1/quarantine.ts";
import type { IdentifierKey } from "../domain/ids.ts";
import { forgetBlocked } from "../keys/blocked-values.ts";
import type { PrivacyPorts } from "./ports.ts";

/** Others who say it know it anyway, and officers have to see what they hold back. */
export async function forgetBlockedOf(
  { db, bucket, index }: PrivacyPorts,
  said: readonly IdentifierKey[],
): Promise<void> {
  const blocked = await blockedAmong(db, said);
  if (blocked.length === 0) return;
  const claimants = await index.claimants(blocked);
  for (const identifier of blocked)
    if ((claimants.get(identifier) ?? []).length === 0)
      await forgetBlockedValue({ db, bucket }, identifier);
}

/** It stays blocked by its keyed name, and its value can't be read any more. */
export async function forgetBlockedValue(
  { db, bucket }: Pick<PrivacyPorts, "db" | "bucket">,
  identifier: IdentifierKey,
): Promise<void> {
  await forgetBlocked(bucket, identifier);
  await forgetValue(db, identifier);
}
