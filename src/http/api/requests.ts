/** Requests of data subjects (Art. 15 and 17 GDPR), as an officer makes and follows them. */
import * as v from "valibot";
import { isVisitorId, type VisitorId } from "../../domain/ids.ts";
import { REQUEST_KINDS } from "../../domain/request.ts";
import { Problem } from "../../domain/problem.ts";
import { continueErasure, eraseScope } from "../../privacy/erase.ts";
import { exportOf } from "../../privacy/export.ts";
import { createRequest, loadRequest, type StoredRequest } from "../../privacy/requests.ts";
import { scopeOfIdentifier } from "../../privacy/scope.ts";
import { forRole, type Role } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { requireIdentifier } from "./identifiers.ts";
import { iso, readBody } from "./input.ts";

export const RequestBody = v.strictObject({
  kind: v.picklist(REQUEST_KINDS, `must be one of ${REQUEST_KINDS.join(", ")}`),
  identifier: v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(600)),
  /** Visitors that the officer has found to be this person, where nothing else proves it. */
  visitors: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.check(isVisitorId, "must be the id of a visitor"))),
      v.maxLength(100),
    ),
    [],
  ),
});

/** An erasure goes as far as it gets now; the rest is done by cron or by the next look at it. */
export async function openRequest(
  context: Context,
  asked: v.InferOutput<typeof RequestBody>,
  by: Role,
): Promise<StoredRequest> {
  const { kind, value } = requireIdentifier(asked.identifier);
  const key = await context.identifiers.key(kind, value);
  const scope = await scopeOfIdentifier(context, key, asked.visitors as VisitorId[]);
  const request = { about: kind, by, scope };
  return asked.kind === "erase"
    ? eraseScope(context, request, context.now)
    : createRequest(context, { ...request, kind: "export" }, context.now);
}

/** An export brings what is held at this moment, an erasure what it has removed where. */
export async function describeRequest(context: Context, request: StoredRequest) {
  const { visitors, maybe, erasure, at, due, doneAt, ...rest } = request;
  const told = {
    ...rest,
    at: iso(at),
    due: iso(due),
    doneAt: doneAt === null ? null : iso(doneAt),
    visitors,
    /** Who said the identifier and isn't proven to be the same human: for the officer to decide. */
    maybe,
  };
  if (erasure) return { ...told, step: erasure.step, removed: erasure.removed };
  const scope = { visitors: visitors.filter(isVisitorId), maybe: maybe as never };
  return { ...told, data: await exportOf(context, scope, context.now) };
}

export const postRequest = forRole("officer", async (request, context, role) => {
  const opened = await openRequest(context, await readBody(request, RequestBody), role);
  return json(await describeRequest(context, opened));
});

export const getRequest = forRole("officer", async (request, context) => {
  const id = request.params["id"] ?? "";
  const found = (await continueErasure(context, id, context.now)) ?? null;
  const stored = found ?? (await loadRequest(context, id))?.request;
  if (!stored) throw new Problem("not_found", "there is no request of this id");
  return json(await describeRequest(context, stored));
});
