/** Names of hints that go out over channels of their own: the same whenever the same is sent again. */
import { type HintId, shortId, type VisitorId } from "../domain/ids.ts";
import { hmacHex } from "../out/signed-post.ts";

/** `told`: what was sent by which way on which day, to whom. */
export async function hintNamed(
  serverKey: string,
  visitor: VisitorId,
  told: readonly (string | number)[],
): Promise<HintId> {
  const name = await hmacHex(serverKey, `hint ${JSON.stringify([visitor, ...told])}`);
  const bytes = Uint8Array.from(name.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return `${visitor}.${shortId(bytes)}` as HintId;
}
