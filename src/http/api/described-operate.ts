/** The calls of whoever runs the site, described. */
import type { Described } from "./described.ts";
import { ReshardingRequest } from "./resharding.ts";

export const DESCRIBED_OPERATE: Readonly<Record<string, Described>> = {
  "GET /_u/api/resharding": {
    summary: "How far the moving of rows to other databases is, and which hold visitors' rows now",
    role: "owner",
  },
  "POST /_u/api/resharding": {
    summary:
      "Begins to move rows to other databases, goes on with it for some seconds, or takes it back; `npm run reshard` makes these calls",
    role: "owner",
    body: ReshardingRequest,
    refusals: [409],
  },
  "GET /_u/api/metrics": {
    summary: "Today's counts as OpenTelemetry has them (OTLP, JSON)",
    role: "every role",
  },
};
