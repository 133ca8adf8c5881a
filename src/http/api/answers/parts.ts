/** What several answers have in common. */
import { CHANNELS } from "../../../domain/action/catalogue.ts";
import { CONTACT_CHANNELS } from "../../../domain/permission/permission.ts";
import { STAGES } from "../../../domain/person/stage.ts";
import {
  about,
  anything,
  day,
  flag,
  id,
  list,
  number,
  object,
  oneOf,
  orNull,
  share,
  text,
  time,
  whole,
} from "./shape.ts";

export const stage = oneOf(...STAGES);
export const assurance = oneOf("verified", "asserted", "hinted", "inferred");
export const sharing = orNull(oneOf("personal", "shared", "kiosk"));

export const device = object({ type: text, "os?": text, "browser?": text, "app?": flag });

export const campaign = {
  "source?": text,
  "medium?": text,
  "name?": text,
  "term?": text,
  "content?": text,
  "id?": text,
  "click?": object({ vendor: text, param: text, "id?": text }),
};

/** Of one event, without what the person's own or another purpose alone opens. */
export const event = {
  id: text,
  at: time,
  received: time,
  type: oneOf("track", "page", "screen", "identify", "group", "alias"),
  name: orNull(text),
  channel: text,
  policy: about(whole, "Version of the consent policy that it was recorded under"),
  purposes: about(list(text), "Purposes that it was recorded under"),
  visitor: id,
  "value?": about(number, "In the site's currency"),
  "page?": object({ url: text, path: text, "title?": text, "referrer?": text }),
  "campaign?": object(campaign),
  "device?": device,
  "topics?": list(text),
  "props?": about(anything, "As they were sent"),
};

export const permissions = list(
  object({
    channel: oneOf(...CONTACT_CHANNELS),
    state: oneOf("granted", "suppressed"),
    since: time,
    source: text,
  }),
);

export const action = object({
  id: text,
  label: text,
  title: text,
  text,
  href: text,
  "image?": text,
  channel: oneOf(...CHANNELS),
  slots: list(text),
  stage,
  purposes: list(text),
  assurance: orNull(assurance),
  persona: orNull(text),
  conditions: about(anything, "As in the catalogue"),
  value: number,
  lever: number,
  prior: number,
  cap: whole,
  coolDownHours: number,
  windowHours: number,
  success: orNull(text),
  holdOut: share,
  start: orNull(text),
  end: orNull(text),
  enabled: flag,
});

export const meter = { topics: list(text), days: whole, limit: whole };

/** What somebody would be shown now. */
export const next = {
  action: orNull(action),
  hint: about(orNull(text), "Null in a look: nothing is given"),
  stage,
  confidence: share,
  why: list(text),
  meter: orNull(object({ ...meter, read: whole, left: whole })),
  "others?": list(object({ id: text, label: text, missing: text, "purpose?": text })),
};

/** Of hints that were shown. */
export const takes = {
  shown: whole,
  taken: whole,
  dismissed: whole,
  expired: whole,
  open: whole,
  rate: orNull(share),
  interval: about(orNull(list(number)), "95 % interval of the rate"),
};

/** Events by one value. */
export const line = { events: whole, orders: whole, revenue: number };

export const range = { from: day, to: day };
