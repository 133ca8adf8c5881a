/** `GET /_u/api/reports/meter`: who has used up how much of the reading meter, of the people last seen. */
import type { Meter } from "../../domain/action/catalogue.ts";
import type { PersonId } from "../../domain/ids.ts";
import type { Stage } from "../../domain/person/stage.ts";
import { listPeople } from "../../d1/people.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { asked, iso, pageSize } from "./input.ts";
import { nextOf } from "./people.ts";

export interface MeterLine {
  id: PersonId;
  stage: Stage;
  lastSeen: string;
  /** Pages within the meter's days, on all devices that are proven to be theirs. */
  read: number;
  left: number;
}

export interface MeterReport {
  /** Null where the catalogue has none. */
  meter: Meter | null;
  lookedAt: number;
  /** Of those looked at: who doesn't allow personalization, so that nothing is counted of them. */
  uncounted: number;
  /** Who has read something, the most first. */
  people: MeterLine[];
  cursor: string | null;
}

/** Persons asked at once: each is a call to an object, or a few. */
const AT_ONCE = 16;

/** So many of the directory, last seen first. */
export async function meterReport(
  context: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<MeterReport> {
  const meter = (await context.catalogue()).meter ?? null;
  if (meter === null) return { meter, lookedAt: 0, uncounted: 0, people: [], cursor: null };
  const page = await listPeople(context.db, { limit, ...(cursor === undefined ? {} : { cursor }) });
  const people: MeterLine[] = [];
  let [lookedAt, uncounted] = [0, 0];
  for (let from = 0; from < page.people.length; from += AT_ONCE)
    await Promise.all(
      page.people.slice(from, from + AT_ONCE).map(async (person) => {
        const next = await nextOf(context, person);
        if (!next) return;
        lookedAt += 1;
        if (!next.meter) uncounted += 1;
        const { id, stage, lastSeen } = person;
        if (next.meter && next.meter.read > 0) {
          const { read, left } = next.meter;
          people.push({ id, stage, lastSeen: iso(lastSeen), read, left });
        }
      }),
    );
  const most = people.toSorted((a, b) => b.read - a.read || (a.id < b.id ? -1 : 1));
  return { meter, lookedAt, uncounted, people: most, cursor: page.cursor };
}

export const getMeterReport = forRole("marketer", async (request, context) => {
  const report = await meterReport(context, {
    limit: pageSize(request),
    cursor: asked(request, "cursor"),
  });
  isAbout(
    request,
    report.people.map(({ id }) => id),
  );
  return json(report);
});
