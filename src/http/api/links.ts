/** `POST /_u/api/links`: signed links for one mail to one address, for whoever sends it. */
import { keyOf } from "../identifier-key.ts";
import * as v from "valibot";
import { CONTACT_CHANNELS } from "../../domain/permission/permission.ts";
import { forRole } from "../auth.ts";
import { writeLink } from "../link-token.ts";
import { json } from "../respond.ts";
import { requireIdentifier } from "./identifiers.ts";
import { readBody } from "./input.ts";

/** http and https: anything else could run in a reader's browser. */
function isWebAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

export const LinksRequest = v.strictObject({
  /** `email:jane@example.org`, or a phone number for text messages. */
  identifier: v.pipe(v.string(), v.maxLength(400)),
  url: v.optional(
    v.pipe(v.string(), v.maxLength(2_000), v.check(isWebAddress, "must begin with https://")),
  ),
  campaign: v.optional(v.pipe(v.string(), v.maxLength(200))),
  channel: v.optional(v.picklist(CONTACT_CHANNELS), "email"),
});

export const postLinks = forRole("marketer", async (request, context) => {
  const { identifier, url, campaign, channel } = await readBody(request, LinksRequest);
  const { kind, value } = requireIdentifier(identifier);
  const to = await keyOf({ kind, value }, context);
  const about = { to, channel, ...(campaign === undefined ? {} : { campaign }) };
  const { tokenKeys } = context.config;
  const { origin } = new URL(request.url);
  const at = (path: string, token: string): string => `${origin}${path}?t=${token}`;
  return json({
    go:
      url === undefined
        ? null
        : at("/_u/go", await writeLink(tokenKeys, { does: "go", url, ...about })),
    open: at("/_u/open.gif", await writeLink(tokenKeys, { does: "open", ...about })),
    unsubscribe: at(
      "/_u/unsubscribe",
      await writeLink(tokenKeys, { does: "unsubscribe", ...about }),
    ),
  });
});
