/** The live view's page, its line, and that somebody is still there. */
import { dayOf } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { readDrops, readRefusals } from "../../d1/counters.ts";
import type { Route } from "../../http/context.ts";
import { requireSameOrigin } from "../../http/session.ts";
import { action, page, screen } from "../page.tsx";
import { LIVE, LivePage } from "./page.tsx";

/** A line lasts so long; then the page asks for another, with the session it has then. */
const LINE_MS = 60 * 60_000;

const getLivePage = page("either", async (visit) => {
  const { context, session } = visit;
  const today = dayOf(context.now);
  const [dropped, refused] = await Promise.all([
    readDrops(context.db, today, today),
    readRefusals(context.db, today, today),
    context.live?.watch(session.role),
  ]);
  return screen(
    visit,
    "Live",
    <LivePage bound={!!context.live} connect={true} dropped={dropped} refused={refused} />,
  );
});

/** A page of another site can't open it: the session's cookie doesn't go with its requests, and its origin is refused. */
const getSocket = page("either", async ({ request, context, session }) => {
  requireSameOrigin(request);
  if (!context.live) throw new Problem("not_found", "there is no live view here");
  if (request.headers.get("upgrade") !== "websocket")
    throw new Problem("bad_request", "this address takes a WebSocket");
  return context.live.connect(
    Math.min(Date.now() + LINE_MS, session.until ?? Number.POSITIVE_INFINITY),
  );
});

const postWatch = action("either", async ({ context, session }) => {
  await context.live?.watch(session.role);
  return new Response(null, { status: 204 });
});

export const liveRoutes: readonly Route[] = [
  ["GET", LIVE, getLivePage],
  ["GET", `${LIVE}/socket`, getSocket],
  ["POST", `${LIVE}/watch`, postWatch],
];
