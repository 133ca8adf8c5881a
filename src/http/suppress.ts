/** A suppression is of the address: everybody who says it is told, whoever else it was said of. */
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { Amendment } from "../domain/person/calls.ts";
import type { PermissionChange, PermissionWord } from "../domain/permission/permission.ts";
import type { Context } from "./context.ts";

type Ports = Pick<Context, "index" | "people">;

/** Persons told at once: subrequests are limited. */
const AT_ONCE = 32;

/** Only for what may be trusted. Rejects when somebody couldn't be told; telling everybody again changes nothing. */
export async function suppress(changes: readonly PermissionChange[], ports: Ports): Promise<void> {
  if (changes.length === 0) return;
  const holders = await ports.index.claimants(changes.map(({ identifier }) => identifier));
  await tell(
    changes.flatMap((change) =>
      (holders.get(change.identifier) ?? []).map((visitor) => ({
        visitor,
        amendment: { do: "permit", changes: [change] },
      })),
    ),
    ports,
  );
}

/** Of whoever is proven to be this: their objects know which addresses are theirs, and tell who else has them. */
export async function suppressAllOf(
  as: IdentifierKey,
  words: readonly PermissionWord[],
  ports: Ports,
): Promise<void> {
  if (words.length === 0) return;
  const claimants = (await ports.index.claimants([as])).get(as) ?? [];
  await tell(
    claimants.map((visitor) => ({ visitor, amendment: { do: "silence", as, words } })),
    ports,
  );
}

async function tell(
  told: readonly { visitor: VisitorId; amendment: Amendment }[],
  { people }: Ports,
): Promise<void> {
  for (let from = 0; from < told.length; from += AT_ONCE)
    await Promise.all(
      told
        .slice(from, from + AT_ONCE)
        .map(({ visitor, amendment }) => people.amend(visitor, amendment)),
    );
}
