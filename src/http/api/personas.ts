/** What humans know that no machine can: who are two personas, and whose device it is. */
import * as v from "valibot";
import { isVisitorId, type VisitorId } from "../../domain/ids.ts";
import { SHARINGS } from "../../domain/identity/rules.ts";
import { sharingOf } from "../../domain/identity/sharing.ts";
import { Problem } from "../../domain/problem.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { requireVisitorId } from "./identifiers.ts";
import { readBody } from "./input.ts";
import { loadPerson } from "./person.ts";

const Id = v.pipe(
  v.string(),
  v.check(isVisitorId, "must be the id of a person or a visitor"),
  v.transform((id) => id as VisitorId),
);

export const SeparateRequest = v.strictObject({ a: Id, b: Id });

/** Two persons stay two, whatever a machine finds; a forced merge joins them again. */
export const postSeparate = forRole("officer", async (request, context) => {
  const { a, b } = await readBody(request, SeparateRequest);
  const [left, right] = await Promise.all([loadPerson(context, a), loadPerson(context, b)]);
  if (left.id === right.id)
    throw new Problem("conflict", "they are one person: undo the merge that joined them first");
  await Promise.all([
    context.people.amend(a, { do: "separate", from: b }),
    context.people.amend(b, { do: "separate", from: a }),
  ]);
  return json({ separate: [left.id, right.id] });
});

export const DeviceRequest = v.strictObject({
  sharing: v.nullable(v.picklist(SHARINGS, `must be one of ${SHARINGS.join(", ")}, or null`)),
});

/** Null lets the device's use tell again. */
export const putDevice = forRole("officer", async (request, context) => {
  const id = requireVisitorId(request.params["id"]);
  const { sharing } = await readBody(request, DeviceRequest);
  await loadPerson(context, id);
  await context.people.amend(id, { do: "share", sharing });
  const view = await loadPerson(context, id);
  const device = view.visitors.find((visitor) => visitor.id === id)?.device;
  const rules = await context.mergeRules();
  return json({ visitor: id, sharing: device ? sharingOf(device, rules) : null });
});
