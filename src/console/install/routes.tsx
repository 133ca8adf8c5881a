/** The install page. */
import { readDrops } from "../../d1/counters.ts";
import { dayOf } from "../../domain/ids.ts";
import { figuresFor } from "../../http/api/reports.ts";
import type { Route } from "../../http/context.ts";
import { page, screen } from "../page.tsx";
import { InstallPage } from "./page.tsx";

const getInstallPage = page("either", async (visit) => {
  const { request, context, session } = visit;
  const today = dayOf(context.now);
  const [{ figures }, drops] = await Promise.all([
    figuresFor(context, { from: today, to: today }, ["total"]),
    readDrops(context.db, today, today),
    context.live?.watch(session.role),
  ]);
  const body = (
    <InstallPage
      origin={new URL(request.url).origin}
      writeKey={context.config.writeKey}
      siteOrigins={context.config.siteOrigins}
      today={{
        recorded: figures.reduce((sum, { events }) => sum + events, 0),
        dropped: drops.reduce((sum, { count }) => sum + count, 0),
      }}
      live={!!context.live}
    />
  );
  return screen(visit, "Install", body);
});

export const installRoutes: readonly Route[] = [["GET", "/_u/console/install", getInstallPage]];
