/**
 * What events cost beyond what the plan includes, from what `rows` counted, and what sites of several sizes need.
 *
 *     cost        of the rows in docs/bench/results.json
 */
import { readFile } from "node:fs/promises";
import type { Figures, Rows } from "./rows.ts";

/**
 * Dollars a million on Workers Paid, from developers.cloudflare.com (workers, durable-objects, d1, r2 and queues pricing),
 * as published on the day below. Rows read are left out: a tenth of a cent a million.
 */
const PUBLISHED = "2026-08-03";
const DOLLARS = {
  workerRequest: 0.3,
  objectRequest: 0.15,
  objectRow: 1,
  d1Row: 1,
  bucketWrite: 4.5,
  bucketRead: 0.36,
  queueOperation: 0.4,
  cpuMillisecond: 0.02,
  objectGigabyteSecond: 12.5,
} as const;
/** Dollars a gigabyte and month. */
const STORED = { d1: 0.75, objects: 0.2, bucket: 0.015 } as const;
/** Included every month, in millions; storage in gigabytes. */
const INCLUDED = {
  workerRequest: 10,
  objectRequest: 1,
  objectRow: 50,
  d1Row: 50,
  bucketWrite: 1,
  bucketRead: 10,
  queueOperation: 1,
  cpuMillisecond: 30,
  objectGigabyteSecond: 0.4,
  d1: 5,
  objects: 5,
  bucket: 10,
} as const;
const PLAN_DOLLARS = 5;

/** Assumptions beside what was counted. */
const ASSUMED = {
  /** Bytes of an event's row with its key, measured on SQLite with the benchmark's event. */
  eventBytes: 725,
  /** Of an object with one visitor: twelve of an empty database, the rest its document. */
  objectKilobytes: 16,
  /** Processor time of an event, Worker and object, landing included. */
  cpuMilliseconds: 2,
  /** Wall-clock time of one call of an object of 128 MB. */
  objectMilliseconds: 5,
  eventsAVisit: 5,
  visitsAVisitorAndMonth: 2,
  /** What one isolate gathers in a second on a site that needs the queue. */
  eventsAMessage: 5,
  /** A written, a read and a deleted message. */
  operationsAMessage: 3,
  /** Bytes of an archived event in R2, compressed. */
  archivedBytes: 120,
  /** Of the ten gigabytes that a database may have. */
  filledTo: 0.8,
  databaseGigabytes: 10,
} as const;

export interface Cost {
  pricesAsOf: string;
  prices: typeof DOLLARS;
  /** Dollars per million events, by sender and scenario. */
  perMillionEvents: Record<string, Record<string, number>>;
  sites: SiteNeeds[];
}

const dollars = (figures: Figures): number =>
  figures.workerRequests * DOLLARS.workerRequest +
  figures.objectRequests * DOLLARS.objectRequest +
  figures.objects * DOLLARS.objectRow +
  figures.d1 * DOLLARS.d1Row +
  figures.bucketWrites * DOLLARS.bucketWrite +
  figures.bucketReads * DOLLARS.bucketRead;

/** What a site needs and pays in a month, once retention removes as much as comes. */
export interface SiteNeeds {
  millionEvents: number;
  /** Days that events stay in D1; the rest of the retention they lie in files in R2. */
  daysInD1: number;
  queue: boolean;
  eventsASecond: number;
  d1Gigabytes: number;
  databases: number;
  objectsGigabytes: number;
  archiveGigabytes: number;
  dollars: Record<string, number>;
  dollarsAMillion: number;
}

const MONTH_DAYS = 30;
const MONTH_SECONDS = MONTH_DAYS * 86_400;
const RETENTION_DAYS = 395;

/** `figures`: first visits, with the choice on the banner and five single events: the costliest ordinary ones. */
function siteOf(
  figures: Figures,
  millionEvents: number,
  daysInD1: number,
  queue: boolean,
): SiteNeeds {
  const events = millionEvents * 1e6;
  const d1Gigabytes = (events / MONTH_DAYS) * daysInD1 * ASSUMED.eventBytes * 1e-9;
  const visitors = events / ASSUMED.eventsAVisit / ASSUMED.visitsAVisitorAndMonth;
  // Objects stay for as long as their visitors may be remembered.
  const kept = (visitors / MONTH_DAYS) * RETENTION_DAYS;
  const objectsGigabytes = kept * ASSUMED.objectKilobytes * 1e-6;
  const archived = Math.max(0, RETENTION_DAYS - daysInD1);
  const archiveGigabytes =
    daysInD1 < RETENTION_DAYS ? (events / MONTH_DAYS) * archived * ASSUMED.archivedBytes * 1e-9 : 0;
  const messages = queue ? millionEvents / ASSUMED.eventsAMessage : 0;
  const calls = millionEvents * figures.objectRequests;
  const used = {
    workerRequest: millionEvents * figures.workerRequests + messages / 100,
    objectRequest: calls,
    objectRow: millionEvents * figures.objects,
    // What retention removes is billed as it was when it came.
    d1Row: millionEvents * (figures.d1 + 1),
    bucketWrite: millionEvents * figures.bucketWrites,
    bucketRead: millionEvents * figures.bucketReads,
    queueOperation: messages * ASSUMED.operationsAMessage,
    cpuMillisecond: millionEvents * ASSUMED.cpuMilliseconds,
    objectGigabyteSecond: (calls * ASSUMED.objectMilliseconds * 0.128) / 1_000,
  };
  const stored = { d1: d1Gigabytes, objects: objectsGigabytes, bucket: archiveGigabytes };
  const bill: Record<string, number> = { plan: PLAN_DOLLARS };
  for (const name of Object.keys(used) as (keyof typeof used)[])
    bill[name] = Math.max(0, used[name] - INCLUDED[name]) * DOLLARS[name];
  for (const name of Object.keys(stored) as (keyof typeof stored)[])
    bill[`${name} stored`] = Math.max(0, stored[name] - INCLUDED[name]) * STORED[name];
  const all = Object.values(bill).reduce((a, b) => a + b, 0);
  return {
    millionEvents,
    daysInD1,
    queue,
    eventsASecond: Math.round(events / MONTH_SECONDS),
    d1Gigabytes: Math.round(d1Gigabytes),
    databases: Math.ceil(d1Gigabytes / (ASSUMED.databaseGigabytes * ASSUMED.filledTo)),
    objectsGigabytes: Math.round(objectsGigabytes),
    archiveGigabytes: Math.round(archiveGigabytes),
    dollars: Object.fromEntries(
      [...Object.entries(bill), ["together", all] as const].map(([name, each]) => [
        name,
        Math.round(each),
      ]),
    ),
    dollarsAMillion: Math.round((all / millionEvents) * 100) / 100,
  };
}

export function costOf(rows: Rows): Cost {
  const visits = rows["browser"]?.["first-visit"];
  return {
    pricesAsOf: PUBLISHED,
    prices: DOLLARS,
    perMillionEvents: Object.fromEntries(
      Object.entries(rows).map(([sender, scenarios]) => [
        sender,
        Object.fromEntries(
          Object.entries(scenarios).map(([name, figures]) => [
            name,
            Math.round(dollars(figures) * 100) / 100,
          ]),
        ),
      ]),
    ),
    sites: visits
      ? [
          siteOf(visits, 10, RETENTION_DAYS, false),
          siteOf(visits, 100, RETENTION_DAYS, false),
          siteOf(visits, 100, 90, true),
          siteOf(visits, 10_000, 30, true),
        ]
      : [],
  };
}

export const run = async (): Promise<Cost> => {
  const results = new URL("../../docs/bench/results.json", import.meta.url);
  const { rows } = JSON.parse(await readFile(results, "utf8")) as { rows: Rows };
  return costOf(rows);
};
