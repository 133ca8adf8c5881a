/** Webhooks of events: which systems of the site's own get what, on which purpose, and what became of it. */
import { nameNow, openingsOf } from "../../domain/consent/openings.ts";
import { type Delivery, deliveriesOf, reopenDelivery } from "../../d1/deliveries.ts";
import { saveSetting } from "../../d1/settings.ts";
import { dayName } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import { purposesOf } from "../../out/line.ts";
import {
  type EditedWebhooks,
  webhookSecret,
  webhooksInForce,
  WebhooksSchema,
} from "../../out/webhooks.ts";
import { forRole, type Role } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { iso, readBody } from "./input.ts";

/** Of each webhook, newest first. */
const LOGGED = 50;

export type WebhooksAnswer = Awaited<ReturnType<typeof describeWebhooks>>;

/** The secrets are the officer's to hand on. */
export async function describeWebhooks(context: Context, role: Role) {
  const { db, config } = context;
  const { version, hooks } = await webhooksInForce(db);
  return {
    version,
    hooks: await Promise.all(
      hooks.map(async (hook) => ({
        ...hook,
        signedWith: role === "marketer" ? null : await webhookSecret(config.serverKey, hook),
        deliveries: (await deliveriesOf(db, hook.id, LOGGED)).map(describeDelivery),
      })),
    ),
  };
}

/** `dead`: given up after all tries; it may be sent again as long as its events are kept. */
const describeDelivery = ({
  id,
  purpose,
  day,
  at,
  state,
  tries,
  next,
  events,
  status,
}: Delivery) => ({
  id,
  purpose,
  day: dayName(day),
  at: iso(at),
  state,
  tries,
  next: state === "open" ? iso(next) : null,
  events,
  status,
});

export const getWebhooks = forRole("either", async (_request, context, role) =>
  json(await describeWebhooks(context, role)),
);

/**
 * All of them anew. Without a version the newest is replaced.
 * @throws Problem `invalid` for a purpose that the policy hasn't, `conflict` when another version was saved meanwhile
 */
export async function saveWebhooks(
  context: Pick<Context, "db" | "now" | "policy">,
  { version, hooks: edited }: EditedWebhooks,
  author: Role,
): Promise<void> {
  const { db, now } = context;
  const policy = await context.policy();
  const purposes = purposesOf(policy);
  const openings = openingsOf(policy);
  const hooks = edited.map((hook) => ({ ...hook, purpose: nameNow(openings, hook.purpose) }));
  hooks.forEach(({ purpose }, at) => {
    if (!purposes.includes(purpose))
      throw new Problem("invalid", `must be one of ${purposes.join(", ")}`, {
        path: `hooks.${at}.purpose`,
      });
  });
  const current = await webhooksInForce(db);
  if (version !== undefined && version !== current.version)
    throw new Problem("conflict", "another version was saved meanwhile", { path: "version" });
  await saveSetting(db, "webhooks", {
    version: current.version + 1,
    document: { hooks } as unknown as Json,
    author,
    at: now,
  });
}

/** What leaves the house is the officer's decision. */
export const putWebhooks = forRole("officer", async (request, context, role) => {
  await saveWebhooks(context, await readBody(request, WebhooksSchema), role);
  return json(await describeWebhooks(context, role));
});

/** Said again, because no answer came, it is answered the same until it was sent. @throws Problem `not_found` for what wasn't given up */
export async function deliverAgain(
  { db, now }: Pick<Context, "db" | "now">,
  hook: string,
  delivery: string,
): Promise<void> {
  if (!(await reopenDelivery(db, hook, delivery, now)))
    throw new Problem("not_found", "there is no delivery of this id that was given up");
}

export const postDeliverAgain = forRole("officer", async (request, context) => {
  const { id = "", delivery = "" } = request.params;
  await deliverAgain(context, id, delivery);
  return json({ id: delivery, state: "open" });
});
