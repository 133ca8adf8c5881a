/** The live view as messages come, before anything has, where it isn't bound, and the install page. */
import { InstallPage } from "../../src/console/install/page.tsx";
import { LivePage } from "../../src/console/live/page.tsx";
import type { Story } from "./story.ts";

const install = {
  purpose: "measurement",
  origin: "https://www.example.org",
  writeKey: "saltmere-public",
  siteOrigins: ["https://www.example.org"],
};

const NOTHING = { fromPages: 0, elsewhere: 0, dropped: 0, refused: [] };

/** As the page's script makes them (src/browser/console/live.ts). */
const Line = ({
  what,
  decision,
  why,
  page,
  from,
  at,
}: Record<"what" | "decision" | "why" | "page" | "from" | "at", string>) => (
  <tr data-decision={decision}>
    <th scope="row">{what}</th>
    <td data-label="Decision">
      <span class={`badge ${decision === "accepted" ? "good" : "danger"}`}>
        {decision === "accepted" || decision === "refused"
          ? decision
          : `dropped: ${decision.replace("_", " ")}`}
      </span>
    </td>
    <td data-label="Why">{why}</td>
    <td data-label="Page">{page}</td>
    <td data-label="From">{from}</td>
    <td data-label="Time">
      <time datetime={`2026-11-22T15:00:${at}Z`} data-local="seconds" />
    </td>
  </tr>
);

const lines = (
  <>
    <Line
      what="page: <img src=x onerror=alert(1)>"
      decision="accepted"
      why="measurement: said yes"
      page="/news/transfers"
      from="browser"
      at="41"
    />
    <Line
      what="track: Ticket Added To Basket With A Long Name"
      decision="consent"
      why="measurement: asked and not answered yet"
      page="/tickets"
      from="browser"
      at="37"
    />
    <Line
      what="identify"
      decision="too_old"
      why="older than 7 days"
      page=""
      from="server"
      at="12"
    />
    <Line what="batch" decision="refused" why="wrong key" page="" from="server" at="03" />
  </>
);

export const stories: readonly Story[] = [
  {
    name: "live",
    path: "/_u/console/live",
    title: "Live",
    role: "marketer",
    body: <LivePage bound={true} connect={false} lines={lines} dropped={[]} refused={[]} />,
  },
  {
    name: "live-waiting",
    path: "/_u/console/live",
    title: "Live",
    role: "officer",
    body: (
      <LivePage
        bound={true}
        connect={false}
        dropped={[
          { reason: "consent", regime: "opt-in", count: 1_204 },
          { reason: "bot", regime: "", count: 31 },
        ]}
        refused={[
          { reason: "forbidden_origin", sender: "browser", count: 412 },
          { reason: "unauthorized", sender: "server", count: 3 },
        ]}
      />
    ),
  },
  {
    name: "live-not-bound",
    path: "/_u/console/live",
    title: "Live",
    role: "officer",
    body: <LivePage bound={false} connect={false} dropped={[]} refused={[]} />,
  },
  {
    name: "install",
    path: "/_u/console/install",
    title: "Install",
    role: "marketer",
    body: (
      <InstallPage
        {...install}
        today={{ fromPages: 1_204, elsewhere: 12, dropped: 310, refused: [] }}
        live={false}
      />
    ),
  },
  {
    name: "install-nothing-yet",
    path: "/_u/console/install",
    title: "Install",
    role: "marketer",
    body: <InstallPage {...install} siteOrigins={[]} today={NOTHING} live={false} />,
  },
  {
    name: "install-refused",
    path: "/_u/console/install",
    title: "Install",
    role: "marketer",
    body: (
      <InstallPage
        {...install}
        today={{
          ...NOTHING,
          elsewhere: 1_018,
          refused: [{ reason: "forbidden_origin", sender: "browser", count: 412 }],
        }}
        live={false}
      />
    ),
  },
];
