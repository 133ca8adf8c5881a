/** The live view before anything has come, where it isn't bound, and the install page. */
import { InstallPage } from "../../src/console/install/page.tsx";
import { LivePage } from "../../src/console/live/page.tsx";
import type { Story } from "./story.ts";

const install = {
  origin: "https://www.example.org",
  writeKey: "saltmere-public",
  siteOrigins: ["https://www.example.org"],
};

const NOTHING = { fromPages: 0, elsewhere: 0, dropped: 0, refused: [] };

export const stories: readonly Story[] = [
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
