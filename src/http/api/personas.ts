/** What humans know that no machine can: who are two personas, and whose device it is. */
import * as v from "valibot";
import { isVisitorId, type PersonId, type VisitorId } from "../../domain/ids.ts";
import { type HistoryEntry, lastOn, withReason } from "../../domain/identity/history.ts";
import { type Sharing, SHARINGS } from "../../domain/identity/rules.ts";
import { sharingOf } from "../../domain/identity/sharing.ts";
import { Problem } from "../../domain/problem.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { requireVisitorId } from "./identifiers.ts";
import { readBody } from "./input.ts";
import { findPerson, loadPerson } from "./person.ts";
import { until } from "./waiting.ts";
import { Why } from "./why.ts";

const Id = v.pipe(
  v.string(),
  v.check(isVisitorId, "must be the id of a person or a visitor"),
  v.transform((id) => id as VisitorId),
);

export const SeparateRequest = v.strictObject({ a: Id, b: Id, why: Why });

/** Two persons stay two, whatever a machine finds; a forced merge joins them again. */
export const postSeparate = forRole("officer", async (request, context, role) => {
  const wanted = await readBody(request, SeparateRequest);
  isAbout(request, [wanted.a, wanted.b]);
  return json({ separate: await separatePeople(context, wanted, role) });
});

/**
 * Gives the persons that are kept apart. Said to the one, whose object tells the other's, and makes two of them should they have
 * become one meanwhile.
 * @throws Problem `not_found`; `conflict` where they are one
 */
export async function separatePeople(
  context: Context,
  { a, b, why }: v.InferOutput<typeof SeparateRequest>,
  by: string,
): Promise<[PersonId, PersonId]> {
  const [left, right] = await Promise.all([loadPerson(context, a), loadPerson(context, b)]);
  if (a === b) throw new Problem("conflict", "this is the person themselves");
  if (left.id === right.id)
    throw new Problem("conflict", "they are one person: undo the merge that joined them first");
  const entry: HistoryEntry = {
    id: `${a < b ? `${a}.${b}` : `${b}.${a}`}:${context.now}`,
    op: "separate",
    at: context.now,
    by,
    because: withReason("these are two, whatever a machine finds", why),
    evidence: "human",
    other: b,
  };
  const command = crypto.randomUUID();
  const said = await context.people.amend(a, { do: "separate", from: b, command, entry });
  if (said.at !== "home") throw new Problem("not_found", "there is nobody of this id");
  await until(() => hasHeard(context, b, entry));
  return [left.id, right.id];
}

/** True once that visitor's object has heard what was said to another's, or nobody is left who could. */
export async function hasHeard(
  context: Context,
  visitor: VisitorId,
  said: HistoryEntry,
): Promise<true | null> {
  const view = await findPerson(context, visitor);
  return view === null || lastOn(view.history ?? [], said)?.op === said.op || null;
}

export const DeviceRequest = v.strictObject({
  sharing: v.nullable(v.picklist(SHARINGS, `must be one of ${SHARINGS.join(", ")}, or null`)),
  why: Why,
});

/** Null lets the device's use tell again. Gives whose it counts as then. @throws Problem `not_found` */
export async function sayDevice(
  context: Context,
  id: VisitorId,
  { sharing, why }: v.InferOutput<typeof DeviceRequest>,
  by: string,
): Promise<Sharing | null> {
  await loadPerson(context, id);
  const done =
    sharing === null
      ? "whose device it is shows by its use"
      : `this device is said to be ${sharing}`;
  const entry: HistoryEntry = {
    id: `${id}:${context.now}`,
    op: "device",
    at: context.now,
    by,
    because: withReason(done, why),
    evidence: "human",
    other: null,
  };
  await context.people.amend(id, { do: "share", sharing, entry });
  const view = await loadPerson(context, id);
  const device = view.visitors.find((visitor) => visitor.id === id)?.device;
  return device ? sharingOf(device, await context.mergeRules()) : null;
}

export const putDevice = forRole("officer", async (request, context, role) => {
  const id = requireVisitorId(request.params["id"]);
  const wanted = await readBody(request, DeviceRequest);
  return json({ visitor: id, sharing: await sayDevice(context, id, wanted, role) });
});
