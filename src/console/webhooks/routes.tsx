/** The page of webhooks of events: everybody sees which systems get what; what leaves is the officer's to change. */
import { Problem } from "../../domain/problem.ts";
import { faultsIn } from "../../http/api/input.ts";
import { deliverAgain, describeWebhooks, saveWebhooks } from "../../http/api/webhooks.ts";
import type { Route } from "../../http/context.ts";
import {
  type EditedWebhooks,
  type EventWebhook,
  webhookSecret,
  webhooksInForce,
  WebhooksSchema,
} from "../../out/webhooks.ts";
import { type Done, doneAt } from "../done.tsx";
import type { FieldError } from "../field.tsx";
import { faultOf } from "../folded.tsx";
import { action, page, screen, type Visit } from "../page.tsx";
import { NOTHING_TYPED, type TypedWebhook } from "./new.tsx";
import { WEBHOOKS, WebhooksPage, type WebhooksProps } from "./page.tsx";

type More = Partial<Pick<WebhooksProps, "secret" | "errors" | "typed" | "late">>;

async function webhooksScreen(visit: Visit, more: More = {}): Promise<Response> {
  const { context, session } = visit;
  const [policy, webhooks] = await Promise.all([
    context.policy(),
    describeWebhooks(context, session.role),
  ]);
  const { secret = null, errors = [], typed = NOTHING_TYPED, late = null } = more;
  const props = { session, policy, webhooks, secret, errors, typed, late };
  const status = late !== null ? 409 : errors.length > 0 ? 422 : 200;
  return screen(visit, "Webhooks", <WebhooksPage {...props} />, status);
}

const secretOf = async ({ context }: Visit, hook: EventWebhook) => ({
  id: hook.id,
  value: await webhookSecret(context.config.serverKey, hook),
});

/** `hooks.1.url` → `url`; of all of them the name is what is wrong. */
const errorIn = ({ path, message }: { path: string; message: string }): FieldError => ({
  name: path.split(".")[2] ?? "id",
  message: `${message.charAt(0).toUpperCase()}${message.slice(1)}`,
});

const sentVersion = (form: URLSearchParams): number => Number(form.get("version") ?? Number.NaN);

const postWebhook = action("officer", async (visit, form) => {
  const { context, session } = visit;
  const text = (name: string): string => (form.get(name) ?? "").trim();
  const typed: TypedWebhook = {
    id: text("id"),
    url: text("url"),
    purpose: text("purpose"),
    events: text("events"),
  };
  const { version, hooks } = await webhooksInForce(context.db);
  const hook: EventWebhook = {
    ...typed,
    events: typed.events
      .split("\n")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    enabled: true,
    // Another one of the same name had other secrets.
    secret: Math.max(1, Math.floor(context.now / 1000)),
  };
  // One more stands beside whatever others did since the page was opened.
  const edited: EditedWebhooks = { version, hooks: [...hooks, hook] };
  const errors = faultsIn(WebhooksSchema, edited).map(errorIn);
  if (errors.length > 0) return webhooksScreen(visit, { errors, typed });
  try {
    await saveWebhooks(context, edited, session.role);
  } catch (error) {
    const fault = faultOf(error, { [`hooks.${hooks.length}.purpose`]: "purpose" }, "id");
    return webhooksScreen(visit, { errors: [fault], typed });
  }
  return webhooksScreen(visit, { secret: await secretOf(visit, hook) });
});

const CHANGES: Readonly<Record<string, (hook: EventWebhook, now: number) => EventWebhook | null>> =
  {
    pause: (hook) => ({ ...hook, enabled: false }),
    resume: (hook) => ({ ...hook, enabled: true }),
    renew: (hook, now) => ({
      ...hook,
      secret: Math.max(hook.secret + 1, Math.floor(now / 1000)),
    }),
    remove: () => null,
  };

const SAID: Readonly<Record<string, Done>> = {
  pause: "paused",
  resume: "resumed",
  remove: "removed",
};

/** @throws Problem `not_found` */
async function hookIn({ request, context }: Visit): Promise<EventWebhook[]> {
  const { hooks } = await webhooksInForce(context.db);
  if (hooks.some(({ id }) => id === request.params["id"])) return hooks;
  throw new Problem("not_found", "there is no such webhook");
}

const postChange = action("officer", async (visit, form) => {
  const { request, context, session } = visit;
  const hooks = await hookIn(visit);
  const isMeant = ({ id }: EventWebhook): boolean => id === request.params["id"];
  const asked = form.get("do") ?? "";
  const shown = hooks.find(isMeant);
  if (asked === "show" && shown)
    return webhooksScreen(visit, { secret: await secretOf(visit, shown) });
  const change = CHANGES[asked];
  if (!change) throw new Problem("invalid", "there is nothing of this name to do", { path: "do" });
  const changed = hooks.flatMap((hook) => {
    const next = isMeant(hook) ? change(hook, context.now) : hook;
    return next ? [next] : [];
  });
  try {
    await saveWebhooks(context, { version: sentVersion(form), hooks: changed }, session.role);
  } catch (error) {
    if (error instanceof Problem && error.code === "conflict")
      return webhooksScreen(visit, { late: request.params["id"] ?? "" });
    throw error;
  }
  const renewed = asked === "renew" ? changed.find(isMeant) : undefined;
  if (renewed) return webhooksScreen(visit, { secret: await secretOf(visit, renewed) });
  return doneAt(WEBHOOKS, SAID[asked] ?? "changed");
});

const postAgain = action("officer", async (visit, form) => {
  const { request, context } = visit;
  await hookIn(visit);
  await deliverAgain(context, request.params["id"] ?? "", form.get("delivery") ?? "");
  return doneAt(WEBHOOKS, "again");
});

export const webhookRoutes: readonly Route[] = [
  ["GET", WEBHOOKS, page("either", (visit) => webhooksScreen(visit))],
  ["POST", WEBHOOKS, postWebhook],
  ["POST", `${WEBHOOKS}/:id`, postChange],
  ["POST", `${WEBHOOKS}/:id/again`, postAgain],
];
