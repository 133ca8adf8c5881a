/** Identifiers that too many said: shown to officers, who may let them join people again, and block others. */
import * as v from "valibot";
import { type IdentifierKind, kindOf } from "../../domain/identity/claims.ts";
import type { IdentifierKey, PersonId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { type HistoryEntry, markOf, withReason } from "../../domain/identity/history.ts";
import { nameOf } from "../../domain/identity/policy.ts";
import { markDue } from "../../d1/matching.ts";
import { block, listQuarantined, release, standingOf } from "../../d1/quarantine.ts";
import { forgetBlocked, sealBlocked, unsealBlocked } from "../../keys/blocked-values.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Call, Context } from "../context.ts";
import { mergeRules } from "../documents.ts";
import { keyOf } from "../identifier-key.ts";
import { json } from "../respond.ts";
import { requireIdentifier } from "./identifiers.ts";
import { asked, iso, named, pageSize, readBody } from "./input.ts";
import { findPerson, identifiersByKey } from "./person.ts";

const WHY_MAX = 500;

const noneHeld = (): Problem =>
  new Problem("not_found", "there is nothing of this id in quarantine");

export interface QuarantineLine {
  /** The identifier's keyed name: nobody can tell the value from it. */
  id: IdentifierKey;
  kind: IdentifierKind;
  /** Null where nobody says it, or the keys to it are gone. */
  value: string | null;
  at: string;
  /** How many said it, or proved it, when it was found to be too many; 0: an officer blocked it. */
  visitors: number;
  blocked: boolean;
  proven: boolean;
  person: PersonId | null;
  /** Who blocked it, and why as far as somebody said. */
  by: string | null;
  why: string | null;
}

/** Newest first. Whom it shows is written into the audit log. */
export async function quarantineOf(
  request: Call,
  context: Context,
  limit: number,
): Promise<QuarantineLine[]> {
  const held = await listQuarantined(context.db, limit);
  const claimants = await context.index.claimants(held.map(({ identifier }) => identifier));
  const lines = held.map(async ({ identifier, at, why, visitors, by, reason, sealed }) => {
    const [owner] = claimants.get(identifier) ?? [];
    const view = owner ? await findPerson(context, owner) : null;
    const named = view ? await identifiersByKey(context, view.visitors) : null;
    const kept = sealed === null ? null : await unsealBlocked(context.bucket, identifier, sealed);
    return {
      id: identifier,
      kind: kindOf(identifier),
      value: kept ?? named?.get(identifier)?.value ?? null,
      at: iso(at),
      visitors,
      blocked: why === "blocked",
      /** Whether those who prove it are held up, too. */
      proven: why !== "said",
      /** Whose it was before the flood. */
      person: view?.id ?? null,
      by,
      why: reason,
    };
  });
  const shown = await Promise.all(lines);
  isAbout(
    request,
    shown.flatMap(({ person }) => person ?? []),
  );
  return shown;
}

export const getQuarantine = forRole("officer", async (request, context) =>
  json({ quarantined: await quarantineOf(request, context, pageSize(request)) }),
);

export const BlockRequest = v.strictObject({
  identifier: v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(600)),
  why: v.optional(v.pipe(v.string(), v.maxLength(WHY_MAX))),
});

/** Those whom it joined stay joined until somebody undoes that. @throws Problem `invalid` at `identifier` */
export async function blockIdentifier(
  context: Context,
  { identifier, why }: v.InferOutput<typeof BlockRequest>,
  by: string,
): Promise<IdentifierKey> {
  const said = requireIdentifier(identifier);
  const id = await keyOf(said, context);
  const unkept = await tell(context, id, {
    op: "block",
    at: context.now,
    by,
    because: withReason(`this ${nameOf(id)} names nobody`, why),
    evidence: kindOf(id),
    other: null,
  });
  const sealed = await sealBlocked(context.bucket, id, said.value);
  await block(context.db, id, context.now, { by, reason: why?.trim() || null, sealed }, unkept);
  mergeRules.forget(context.db);
  const due = await comparingAnew(context, id);
  if (due.length > 0) await context.db.batch(due);
  return id;
}

/** Who says it may have been compared by it, or may be from now on. */
async function comparingAnew(
  { db, index, now }: Context,
  id: IdentifierKey,
): Promise<D1PreparedStatement[]> {
  if (kindOf(id) !== "email" && kindOf(id) !== "phone") return [];
  const claimants = (await index.claimants([id])).get(id) ?? [];
  return markDue(
    db,
    claimants.map((visitor) => ({ visitor, at: now })),
  );
}

export const postQuarantined = forRole("officer", async (request, context, role) =>
  json({
    blocked: await blockIdentifier(context, await readBody(request, BlockRequest), role),
  }),
);

/**
 * Before it is done. Who said it first, and so has it if anybody has, keeps it, and sees to the log. Where nobody does, what is to
 * stand there.
 */
async function tell(
  { people, index }: Context,
  key: IdentifierKey,
  said: Omit<HistoryEntry, "id">,
): Promise<HistoryEntry | null> {
  const { op, at } = said;
  const [first] = (await index.claimants([key])).get(key) ?? [];
  // Of somebody who is erased nothing is to be told from it.
  if (!first) return { ...said, id: `${op}:${at}:${kindOf(key)}` };
  await people.amend(first, { do: "note", entry: { ...said, id: `${markOf(key)}:${at}` } });
  return null;
}

/** Said again, it is answered the same. @throws Problem `not_found` where it was never held */
export async function releaseIdentifier(
  context: Context,
  id: IdentifierKey,
  why: string | undefined,
  by: string,
): Promise<void> {
  const standing = await standingOf(context.db, id);
  if (standing === null) throw noneHeld();
  // Whoever released it may have been cut off before this.
  mergeRules.forget(context.db);
  if (standing === "released") return;
  const unkept = await tell(context, id, {
    op: "release",
    at: context.now,
    by,
    because: withReason(`this ${nameOf(id)} may join people again`, why),
    evidence: kindOf(id),
    other: null,
  });
  // It is let go last: whoever was cut off before finds it held still, and says it again.
  await forgetBlocked(context.bucket, id);
  const due = await comparingAnew(context, id);
  await release(context.db, id, context.now, due, unkept);
  mergeRules.forget(context.db);
}

export const deleteQuarantined = forRole("officer", async (request, context, role) => {
  const id = named(request, "id") as IdentifierKey;
  await releaseIdentifier(context, id, asked(request, "why")?.slice(0, WHY_MAX), role);
  return json({ released: id });
});
