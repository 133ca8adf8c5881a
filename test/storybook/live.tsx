/** The live view before anything has come, where it isn't bound, and the install page. */
import { InstallPage } from "../../src/console/install/page.tsx";
import { LivePage } from "../../src/console/live/page.tsx";
import type { Story } from "./story.ts";

const install = {
  origin: "https://www.example.org",
  writeKey: "saltmere-public",
  siteOrigins: ["https://www.example.org"],
};

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
      />
    ),
  },
  {
    name: "live-not-bound",
    path: "/_u/console/live",
    title: "Live",
    role: "officer",
    body: <LivePage bound={false} connect={false} dropped={[]} />,
  },
  {
    name: "install",
    path: "/_u/console/install",
    title: "Install",
    role: "marketer",
    body: <InstallPage {...install} today={{ recorded: 1_204, dropped: 310 }} live={false} />,
  },
  {
    name: "install-nothing-yet",
    path: "/_u/console/install",
    title: "Install",
    role: "marketer",
    body: (
      <InstallPage {...install} siteOrigins={[]} today={{ recorded: 0, dropped: 0 }} live={false} />
    ),
  },
];
