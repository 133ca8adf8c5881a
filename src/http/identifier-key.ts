/** Under which name an identifier stands in the index, however it was spelled. */
import type { IdentifierKind } from "../domain/identity/claims.ts";
import { internationalPhone } from "../domain/identity/phones.ts";
import type { IdentifierKey } from "../domain/ids.ts";
import type { Context } from "./context.ts";

/** `value` is normalised as intake does. National telephone numbers are of the country that the rules say. */
export async function keyOf(
  { kind, value }: { kind: IdentifierKind; value: string },
  { identifiers, mergeRules }: Pick<Context, "identifiers" | "mergeRules">,
): Promise<IdentifierKey> {
  if (kind !== "phone") return identifiers.key(kind, value);
  const { country } = await mergeRules();
  return identifiers.key(kind, await internationalPhone(value, country));
}
