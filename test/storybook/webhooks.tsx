import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { NOTHING_TYPED } from "../../src/console/webhooks/new.tsx";
import { WebhooksPage, type WebhooksProps } from "../../src/console/webhooks/page.tsx";
import type { Role } from "../../src/http/auth.ts";
import type { Story } from "./story.ts";

const sessionOf = (role: Role) => ({ role, formToken: "x".repeat(43), subject: "x", until: null });

type Hook = WebhooksProps["webhooks"]["hooks"][number];

const delivery = (more: Partial<Hook["deliveries"][number]>): Hook["deliveries"][number] => ({
  id: "001795359600000-20779-1795359590",
  purpose: "measurement",
  day: "2026-11-22",
  at: "2026-11-22T14:55:00.000Z",
  state: "sent",
  tries: 1,
  next: null,
  events: 96,
  status: 204,
  ...more,
});

const hook = (more: Partial<Hook>): Hook => ({
  id: "crm",
  url: "https://crm.saltmere.example/hooks/usher",
  purpose: "measurement",
  enabled: true,
  events: ["Order Completed", "Season Ticket Renewed"],
  secret: 1_795_000_000,
  signedWith: null,
  deliveries: [],
  ...more,
});

const hooks: readonly Hook[] = [
  hook({
    deliveries: [
      delivery({ state: "open", tries: 3, next: "2026-11-22T15:35:00.000Z", status: 503 }),
      delivery({ at: "2026-11-22T14:50:00.000Z", events: 101 }),
      delivery({ at: "2026-11-22T14:45:00.000Z", events: 0, status: null }),
      delivery({
        at: "2026-11-21T09:10:00.000Z",
        day: "2026-11-21",
        state: "dead",
        tries: 8,
        status: null,
      }),
    ],
  }),
  hook({
    id: "data-warehouse",
    url: "https://collector.warehouse.example/a/very/long/address/that/has/to/break/somewhere/usher",
    purpose: "advertising",
    events: [],
    enabled: false,
  }),
];

const story = (name: string, role: Role, more: Partial<WebhooksProps> = {}): Story => ({
  name: `webhooks-${name}`,
  path: "/_u/console/webhooks",
  title: "Webhooks",
  role,
  body: (
    <WebhooksPage
      session={sessionOf(role)}
      policy={DEFAULT_POLICY}
      webhooks={{ version: 3, hooks: [...hooks] }}
      secret={null}
      errors={[]}
      typed={NOTHING_TYPED}
      {...more}
    />
  ),
});

export const stories: readonly Story[] = [
  story("tries", "officer"),
  story("secret", "owner", { secret: { id: "crm", value: "5c0ffee".repeat(9).slice(0, 64) } }),
  story("none", "officer", {
    webhooks: { version: 0, hooks: [] },
    typed: { id: "CRM", url: "http://crm.example", purpose: "measurement", events: "Signed Up" },
    errors: [
      { name: "id", message: "Must be up to 40 small letters, figures and dashes" },
      { name: "url", message: "Must be https on the internet" },
    ],
  }),
  story("late", "officer", { late: "crm" }),
  story("seen", "marketer"),
];
