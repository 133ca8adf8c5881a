/** The install page. */
import { NECESSARY } from "../../domain/consent/purposes.ts";
import { readDrops, readRefusals } from "../../d1/counters.ts";
import type { Channel } from "../../domain/event.ts";
import { dayOf } from "../../domain/ids.ts";
import { figuresFor } from "../../http/api/reports.ts";
import type { Route } from "../../http/context.ts";
import { page, screen } from "../page.tsx";
import { InstallPage } from "./page.tsx";

const OF_PAGES: readonly string[] = ["web", "app"] satisfies Channel[];

const getInstallPage = page("either", async (visit) => {
  const { request, context, session } = visit;
  const today = dayOf(context.now);
  const [{ figures }, drops, refused] = await Promise.all([
    figuresFor(context, { from: today, to: today }, ["channel"]),
    readDrops(context.db, today, today),
    readRefusals(context.db, today, today),
    context.live?.watch(session.role),
  ]);
  const { purposes } = await context.policy();
  const opener = purposes.find(({ switchesOn }) => switchesOn.includes("events"));
  const recorded = (counts: (channel: string) => boolean): number =>
    figures.reduce((sum, { value, events }) => sum + (counts(value) ? events : 0), 0);
  const body = (
    <InstallPage
      origin={new URL(request.url).origin}
      writeKey={context.config.writeKey}
      purpose={opener?.id ?? NECESSARY}
      siteOrigins={context.config.siteOrigins}
      today={{
        fromPages: recorded((channel) => OF_PAGES.includes(channel)),
        elsewhere: recorded((channel) => !OF_PAGES.includes(channel)),
        refused,
        dropped: drops.reduce((sum, { count }) => sum + count, 0),
      }}
      live={!!context.live}
    />
  );
  return screen(visit, "Install", body);
});

export const installRoutes: readonly Route[] = [["GET", "/_u/console/install", getInstallPage]];
