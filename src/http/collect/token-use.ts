/**
 * A token that names itself (`jti`) is good on the device that used it first: whoever replays it elsewhere proves nothing. The
 * device's visitor may have been parted for a second user meanwhile, and a retry may come from before that.
 */
import { bindToken } from "../../d1/tokens.ts";
import type { VisitorId } from "../../domain/ids.ts";
import type { Proof } from "../identity-token.ts";
import type { Services } from "./services.ts";

/** False too when the database can't say: then the sign-in counts as typed until the next one. */
export async function isOwnToken(
  { db, identifiers }: Pick<Services, "db" | "identifiers">,
  visitor: VisitorId,
  proof: Proof,
): Promise<boolean> {
  if (proof.tokenId === null) return true;
  const user = await identifiers.key("user_id", proof.userId);
  const next = await identifiers.rotatedVisitor(visitor, user);
  const [token, device, rotated] = await Promise.all([
    identifiers.token(proof.tokenId),
    identifiers.digest(visitor, "token"),
    identifiers.digest(next, "token"),
  ]);
  let bound: Awaited<ReturnType<typeof bindToken>> = null;
  try {
    bound = await bindToken(db, { token, device, rotated, until: proof.until });
  } catch {
    return false;
  }
  return (
    bound !== null &&
    [device, rotated].some((name) => name === bound.device || name === bound.rotated)
  );
}
