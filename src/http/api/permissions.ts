/** `POST /_u/api/people/{id}/permissions`: what somebody told the organisation by word of mouth, like "don't call me again". */
import * as v from "valibot";
import { kindOf } from "../../domain/identity/claims.ts";
import { type HistoryEntry, markOf, withReason } from "../../domain/identity/history.ts";
import type { IdentifierKey, VisitorId } from "../../domain/ids.ts";
import {
  CONTACT_CHANNELS,
  type ContactChannel,
  type Permission,
  type PermissionState,
  REACHES,
  standingPermissions,
} from "../../domain/permission/permission.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import { Problem } from "../../domain/problem.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { keyOf } from "../identifier-key.ts";
import { json } from "../respond.ts";
import { suppress } from "../suppress.ts";
import { requireIdentifier, requireVisitorId, type Said } from "./identifiers.ts";
import { iso, readBody } from "./input.ts";
import { loadPerson } from "./person.ts";
import { Why } from "./why.ts";

export const PermissionRequest = v.strictObject({
  /** One of the person's own, like `phone:+4915123456789`. */
  identifier: v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(600)),
  channel: v.picklist(CONTACT_CHANNELS, `must be one of ${CONTACT_CHANNELS.join(", ")}`),
  state: v.picklist(["granted", "suppressed"], "must be granted or suppressed"),
  why: Why,
});

const BY: Readonly<Record<ContactChannel, string>> = {
  email: "by e-mail",
  sms: "by text message",
  push: "by push message",
  call: "by phone",
};

const DONE: Readonly<Record<PermissionState, { op: HistoryEntry["op"]; words: string }>> = {
  suppressed: { op: "suppress", words: "isn't to be contacted" },
  granted: { op: "permit", words: "may be contacted" },
};

/**
 * A suppression is of the address: everybody who says it is told. A permission is this person's own, and ends what stood
 * against it here.
 * @throws Problem `not_found` where the person doesn't have this address; `invalid` where the channel doesn't reach it
 */
export async function sayPermission(
  context: Context,
  person: VisitorId,
  { identifier, channel, state, why }: v.InferOutput<typeof PermissionRequest>,
  by: string,
): Promise<PersonView> {
  const key = await addressIn(context, identifier);
  if (REACHES[channel] !== kindOf(key))
    throw new Problem("invalid", `doesn't reach a ${kindOf(key)}`, { path: "channel" });
  const view = await loadPerson(context, person);
  const holders = view.visitors.filter(
    ({ claims, permissions }) =>
      claims.some((claim) => claim.key === key && claim.state !== "refused") || permissions[key],
  );
  const [first] = holders;
  if (!first) throw new Problem("not_found", "this person doesn't have this address");
  const said: Permission = { state, at: context.now, source: "officer", proven: true };
  const changes = [{ ...said, identifier: key, channel }];
  const { op, words } = DONE[state];
  const entry: HistoryEntry = {
    id: `${view.id}.${channel}.${markOf(key)}:${context.now}`,
    op,
    at: context.now,
    by,
    because: withReason(
      `this ${kindOf(key) === "email" ? "address" : "number"} ${words} ${BY[channel]}`,
      why,
    ),
    evidence: "human",
    other: null,
  };
  await Promise.all(
    holders.map(({ id }) =>
      context.people.amend(id, {
        do: "permit",
        changes,
        ...(id === first.id ? { entry } : {}),
      }),
    ),
  );
  // After it is remembered: of whoever was silenced before it couldn't be told whether it was said.
  if (state === "suppressed") await suppress(changes, context);
  return loadPerson(context, person);
}

/** As it stands in the index; push addresses are nothing that anybody writes down, and are told as they are shown. */
function addressIn(context: Context, text: string): Promise<IdentifierKey> {
  const push = /^push:(.+)$/su.exec(text)?.[1];
  const said: Said = push === undefined ? requireIdentifier(text) : { kind: "push", value: push };
  return keyOf(said, context);
}

export const postPermission = forRole("officer", async (request, context, role) => {
  const id = requireVisitorId(request.params["id"]);
  const wanted = await readBody(request, PermissionRequest);
  const view = await sayPermission(context, id, wanted, role);
  isAbout(request, [view.id]);
  const key = await addressIn(context, wanted.identifier);
  const standing = standingPermissions(view.visitors, key);
  return json({
    person: view.id,
    permissions: standing.map(({ channel, state, at, source }) => ({
      channel,
      state,
      since: iso(at),
      source,
    })),
  });
});
