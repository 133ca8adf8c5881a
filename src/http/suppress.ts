/** A suppression is of the address: everybody who says it is told, whoever else it was said of. */
import type { PermissionChange } from "../domain/permission/permission.ts";
import type { Context } from "./context.ts";

/** Persons told at once: subrequests are limited. */
const AT_ONCE = 32;

/** Only for what may be trusted. Rejects when somebody couldn't be told; telling everybody again changes nothing. */
export async function suppress(
  changes: readonly PermissionChange[],
  { index, people }: Pick<Context, "index" | "people">,
): Promise<void> {
  if (changes.length === 0) return;
  const holders = await index.claimants(changes.map(({ identifier }) => identifier));
  const told = changes.flatMap((change) =>
    (holders.get(change.identifier) ?? []).map((visitor) => ({ visitor, change })),
  );
  for (let from = 0; from < told.length; from += AT_ONCE)
    await Promise.all(
      told
        .slice(from, from + AT_ONCE)
        .map(({ visitor, change }) => people.amend(visitor, { do: "permit", changes: [change] })),
    );
}
