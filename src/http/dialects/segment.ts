/**
 * Segment. Its tracking API is Usher's own (`/_u/v1/*`), so `@segment/analytics-node` needs nothing here. In a browser
 * analytics-next asks `cdnURL` for the source's settings and posts single calls to `apiHost`, which sites write with or
 * without `/v1`.
 */
import { endpointNamed } from "../../domain/intake/envelope.ts";
import { Problem } from "../../domain/problem.ts";
import { collect } from "../collect/routes.ts";
import { clientFile, clientFileOf } from "./client-files.ts";
import { type Answer, type DialectRoute, requireWriteKey, settings } from "./dialect.ts";

const CLIENT = "@segment/analytics-next";

/** What Segment's install snippet loads, with its host at `/_u`. */
const loaded: Answer = (request, services) => {
  requireWriteKey(request.params["writeKey"], services);
  return clientFile(`${CLIENT}/standalone.js`);
};

/** Nothing is loaded from Segment: no remote destinations, no legacy plug-ins, no metrics about the client itself. */
const sourceSettings: Answer = (request, services) => {
  const apiKey = requireWriteKey(request.params["writeKey"], services);
  const { host, protocol } = new URL(request.url);
  return settings({
    integrations: {
      "Segment.io": {
        apiKey,
        apiHost: `${host}/_u/v1`,
        protocol: protocol.replace(":", ""),
        addBundledMetadata: true,
        unbundledIntegrations: [],
        maybeBundledConfigIds: {},
        versionSettings: { version: "4.4.7", componentTypes: ["browser"] },
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    analyticsNextEnabled: true,
    edgeFunction: {},
    enabledMiddleware: {},
    legacyVideoPluginsEnabled: false,
    metrics: { sampleRate: 0 },
    middlewareSettings: {},
    remotePlugins: [],
  });
};

/** The client's counts of its own calls: taken, so that it is content, and not kept. */
const metrics: Answer = () => settings({ success: true });

const shortForm: Answer = (request, services) => {
  const endpoint = endpointNamed(new URL(request.url).pathname.replace(/\/+$/, "").slice(-1));
  if (!endpoint) throw new Problem("not_found", "There is no such call.");
  return collect(request, services, endpoint);
};

export const segment: readonly DialectRoute[] = [
  ["GET", "/_u/analytics.js/v1/:writeKey/analytics.min.js", loaded],
  ["GET", "/_u/analytics.js/v1/:writeKey/LICENSE.txt", clientFileOf(CLIENT, "LICENSE.txt")],
  ["GET", "/_u/analytics-next/bundles/:file+", clientFileOf(CLIENT)],
  ["GET", "/_u/v1/projects/:writeKey/settings", sourceSettings],
  ["POST", "/_u/v1/m", metrics],
  ["POST", "/_u/m", metrics],
  ...["t", "p", "s", "i", "g", "a", "b"].map((call): DialectRoute => [
    "POST",
    `/_u/${call}`,
    shortForm,
  ]),
];
