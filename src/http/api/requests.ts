/** Requests of data subjects (Art. 15 and 17 GDPR), as an officer makes and follows them. */
import * as v from "valibot";
import { isVisitorId, type VisitorId } from "../../domain/ids.ts";
import { REQUEST_KINDS, REQUEST_STATES } from "../../domain/request.ts";
import { Problem } from "../../domain/problem.ts";
import { forgetBlockedValue } from "../../privacy/blocked.ts";
import { continueErasure, countScope, eraseScope } from "../../privacy/erase.ts";
import { exportOf } from "../../privacy/export.ts";
import { listRequests, type RequestsPage } from "../../privacy/request-list.ts";
import {
  createRequest,
  handOver,
  loadRequest,
  type Removed,
  requestIdOf,
  type StoredRequest,
} from "../../privacy/requests.ts";
import { type Scope, scopeOfIdentifier } from "../../privacy/scope.ts";
import { isAbout } from "../audit.ts";
import { forRole, type Role } from "../auth.ts";
import { keyOf } from "../identifier-key.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { requireIdentifier } from "./identifiers.ts";
import { asked, iso, pageSize, readBody } from "./input.ts";

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

/** Whom a request would cover, and what there is of them. Nothing is changed by looking. */
export async function previewRequest(
  context: Context,
  identifier: string,
  decided: readonly VisitorId[],
): Promise<{ scope: Scope; held: Removed }> {
  const { kind, value } = requireIdentifier(identifier);
  const key = await keyOf({ kind, value }, context);
  const scope = await scopeOfIdentifier(context, key, decided);
  const { removed } = await countScope(context, scope.visitors);
  return { scope, held: removed };
}

/**
 * An erasure goes as far as it gets now; the rest is done by cron or by the next look at it.
 * @param once a random name of the form it was asked by: what is asked by it again is the same request
 */
export async function openRequest(
  context: Context,
  asked: v.InferOutput<typeof RequestBody>,
  by: Role,
  once?: string,
): Promise<StoredRequest> {
  const { kind, value } = requireIdentifier(asked.identifier);
  const key = await keyOf({ kind, value }, context);
  // Who signed in a moment ago is looked for too.
  await context.settled();
  const scope = await scopeOfIdentifier(context, key, asked.visitors as VisitorId[]);
  const request = { about: kind, by, scope };
  // The form's own name isn't enough: it would lead to a request of somebody else.
  const text = `${once} ${asked.kind} ${key} ${asked.visitors.toSorted().join()}`;
  const wanted = once === undefined ? request : { ...request, id: await requestIdOf(text) };
  if (asked.kind === "export")
    return createRequest(context, { ...wanted, kind: "export" }, context.now);
  await forgetBlockedValue(context, key);
  return eraseScope(context, wanted, context.now);
}

/** How it stands, without whom it is about. */
function standing(request: StoredRequest) {
  const { visitors: _, maybe: __, erasure: ___, at, due, doneAt, handedOver, ...rest } = request;
  return {
    ...rest,
    at: iso(at),
    due: iso(due),
    doneAt: doneAt === null ? null : iso(doneAt),
    ...(handedOver === undefined
      ? {}
      : { handedOver: handedOver && { ...handedOver, at: iso(handedOver.at) } }),
  };
}

/** Whoever is given an export has it: that is written down before it is answered. */
async function answerWith(context: Context, request: StoredRequest, role: Role): Promise<Response> {
  const told = await describeRequest(context, request);
  if (request.kind !== "export") return json(told);
  const by = { at: context.now, by: role, how: "download" } as const;
  return json({ ...told, ...standing(await handOver(context, request.id, by)) });
}

/** An export brings what is held at this moment, an erasure what it has removed where. */
export async function describeRequest(context: Context, request: StoredRequest) {
  const { visitors, maybe, erasure } = request;
  const told = {
    ...standing(request),
    visitors,
    /** Who said the identifier and isn't proven to be the same human: for the officer to decide. */
    maybe,
  };
  if (erasure) return { ...told, step: erasure.step, removed: erasure.removed };
  const scope = { visitors: visitors.filter(isVisitorId), maybe: maybe as never };
  return { ...told, data: await exportOf(context, scope, context.now, await context.policy()) };
}

export const postRequest = forRole("officer", async (request, context, role) => {
  const opened = await openRequest(context, await readBody(request, RequestBody), role);
  isAbout(request, [opened.id, ...opened.visitors]);
  return answerWith(context, opened, role);
});

export const getRequest = forRole("officer", async (request, context, role) => {
  const id = request.params["id"] ?? "";
  const found = (await continueErasure(context, id, context.now)) ?? null;
  const stored = found ?? (await loadRequest(context, id))?.request;
  if (!stored) throw new Problem("not_found", "there is no request of this id");
  if (stored.kind === "export") isAbout(request, stored.visitors);
  return answerWith(context, stored, role);
});

const oneOf = <T extends string>(
  request: Request,
  name: string,
  known: readonly T[],
): T | undefined => {
  const text = asked(request, name);
  const found = known.find((each) => each === text);
  if (text !== undefined && found === undefined)
    throw new Problem("invalid", `must be one of ${known.join(", ")}`, { path: name });
  return found;
};

/** @throws Problem `invalid`, `bad_request` for a cursor that isn't ours */
const queueOf = (context: Context, request: Request): Promise<RequestsPage> =>
  listRequests(context, {
    limit: pageSize(request),
    cursor: asked(request, "cursor"),
    state: oneOf(request, "state", REQUEST_STATES),
    kind: oneOf(request, "kind", REQUEST_KINDS),
  });

/** The queue, without data: an export is fetched by its id. */
export const getRequests = forRole("officer", async (request, context) => {
  const { requests, cursor } = await queueOf(context, request);
  const shown = requests.map((each) => ({
    ...standing(each),
    visitors: each.visitors.length,
    maybe: each.maybe.length,
    ...(each.erasure ? { step: each.erasure.step } : {}),
  }));
  return json({ requests: shown, cursor });
});
