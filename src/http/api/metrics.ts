/** `GET /_u/api/metrics`: today's counts for whoever watches over the site, as OpenTelemetry has them. */
import { version } from "../../../dist/assets.ts";
import { metricsOf } from "../../out/metrics.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";

export const getMetrics = forRole("either", async (_, { db, bucket, now }) =>
  json(await metricsOf({ db, bucket, version }, now)),
);
