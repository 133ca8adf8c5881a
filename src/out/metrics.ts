/**
 * Today's counts as OpenTelemetry has them (OTLP 1.x, JSON encoding, `ExportMetricsServiceRequest`): sums that grow from
 * midnight UTC on, and for how long the oldest event known to wait has waited. Nothing in them names anybody.
 */
import { type CountKind, readCounts } from "../d1/counters.ts";
import { readRollups } from "../d1/rollups.ts";
import { DAY_MS, dayOf, type Millis } from "../domain/ids.ts";
import { lagOf } from "../keys/waiting.ts";

interface Point {
  attributes: Readonly<Record<string, string>>;
  count: number;
}

interface Metric {
  name: string;
  description: string;
  /** What is erased the same day is counted no longer. */
  mayFall?: true;
  points: readonly Point[];
}

/** What of a count's two words is called how. */
const COUNTED: Readonly<
  Record<CountKind, { name: string; description: string; reason: string; place: string }>
> = {
  drop: {
    name: "usher.events.dropped",
    description: "Messages that were not recorded",
    reason: "reason",
    place: "regime",
  },
  choice: {
    name: "usher.consent.choices",
    description: "Answers to the banner and on the own-data page",
    reason: "outcome",
    place: "region",
  },
  error: {
    name: "usher.requests.failed",
    description: "Calls that we failed",
    reason: "status",
    place: "route",
  },
  page: {
    name: "usher.events.unconsented",
    description: "Page views dropped for want of consent by page, estimated from a sample",
    reason: "page",
    place: "",
  },
  clock: {
    name: "usher.requests.clock_off",
    description: "Requests from clocks that are off by more than ten minutes",
    reason: "which",
    place: "sender",
  },
  refusal: {
    name: "usher.requests.refused",
    description: "Calls that were refused whole: of the collector, and with wrong tokens",
    reason: "reason",
    place: "sender",
  },
  junk: {
    name: "usher.events.junk",
    description: "Messages dropped for an id that names nobody",
    reason: "id",
    place: "sender",
  },
  token: {
    name: "usher.tokens.unproven",
    description: "Identity tokens that proved nothing",
    reason: "reason",
    place: "",
  },
  late: {
    name: "usher.events.waited",
    description: "Events that waited in an outbox, by at least how long",
    reason: "at_least",
    place: "",
  },
  cron: {
    name: "usher.cron.failed",
    description: "Jobs of cron that failed",
    reason: "job",
    place: "",
  },
};

export interface Counted {
  db: D1Database;
  /** The `KEYS` bucket: there lies word of what waits. */
  bucket: R2Bucket;
  version: string;
}

/**
 * A document to be sent as `application/json` to `/v1/metrics` of any collector. While the database is away it has the lag
 * alone, which is what one wants to know then. @throws when neither can be said
 */
export async function metricsOf({ db, bucket, version }: Counted, now: Millis): Promise<object> {
  const [sums, lag] = await Promise.allSettled([sumsOf(db, now), lagOf(bucket, now)]);
  if (sums.status === "rejected" && lag.status === "rejected") throw sums.reason;
  const [start, end] = [nanos(dayOf(now) * DAY_MS), nanos(now)];
  const scope = {
    scope: { name: "usher", version },
    metrics: [
      ...(sums.status === "fulfilled" ? sums.value : [])
        .filter(({ points }) => points.length > 0)
        .map(({ name, description, mayFall, points }) => ({
          name,
          description,
          unit: "1",
          sum: {
            // AGGREGATION_TEMPORALITY_CUMULATIVE
            aggregationTemporality: 2,
            isMonotonic: mayFall !== true,
            dataPoints: points.map(({ attributes, count }) => ({
              attributes: attributesOf(attributes),
              startTimeUnixNano: start,
              timeUnixNano: end,
              asInt: String(count),
            })),
          },
        })),
      ...(lag.status === "fulfilled" ? [gauge(lag.value, end)] : []),
    ],
  };
  const resource = {
    attributes: attributesOf({ "service.name": "usher", "service.version": version }),
  };
  return { resourceMetrics: [{ resource, scopeMetrics: [scope] }] };
}

const gauge = (lag: number, at: string) => ({
  name: "usher.outbox.lag",
  description: "For how long the oldest event known to wait in an outbox has waited",
  unit: "s",
  gauge: { dataPoints: [{ attributes: [], timeUnixNano: at, asInt: String(lag) }] },
});

const attributesOf = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));

async function sumsOf(db: D1Database, now: Millis): Promise<Metric[]> {
  const day = dayOf(now);
  const [counts, totals] = await Promise.all([
    readCounts(db, day, day),
    readRollups(db, { from: day, to: day, dimensions: ["total"] }),
  ]);
  const stored = totals.reduce((sum, { events }) => sum + events, 0);
  return [
    {
      name: "usher.events.stored",
      description: "Events stored, up to five minutes ago",
      mayFall: true,
      points: [{ attributes: {}, count: stored }],
    },
    ...Object.entries(COUNTED).map(([kind, { name, description, reason, place }]) => ({
      name,
      description,
      points: counts
        .filter((each) => each.kind === kind)
        .map((each) => ({
          attributes: { [reason]: each.reason, ...(place === "" ? {} : { [place]: each.regime }) },
          count: each.count,
        })),
    })),
  ];
}

/** 64-bit numbers are strings in OTLP's JSON. */
const nanos = (at: Millis): string => `${at}000000`;

export interface Collector {
  /** The base address, as in `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
}

export interface MetricsPorts extends Counted {
  /** Null: nobody collects. */
  collector: Collector | null;
  post(url: string, init: RequestInit): Promise<Response>;
}

const TIMEOUT_MS = 10_000;

/** @throws Error when the collector doesn't take it; the next run sends newer sums, so nothing is lost. */
export async function pushMetrics(
  { collector, post, ...counted }: MetricsPorts,
  now: Millis,
): Promise<void> {
  if (!collector) return;
  const url = `${collector.endpoint.replace(/\/$/, "")}/v1/metrics`;
  if (!url.startsWith("https://")) throw new Error("the collector's address isn't https");
  const answer = await post(url, {
    method: "POST",
    headers: { ...collector.headers, "content-type": "application/json" },
    body: JSON.stringify(await metricsOf(counted, now)),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
}

/** `key=value,key=value` as in `OTEL_EXPORTER_OTLP_HEADERS`; values are percent-encoded. */
export function readCollector(
  endpoint: string | undefined,
  headers: string | undefined,
): Collector | null {
  if (!endpoint?.trim()) return null;
  const pairs = (headers ?? "").split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const];
  });
  return { endpoint: endpoint.trim(), headers: Object.fromEntries(pairs) };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
