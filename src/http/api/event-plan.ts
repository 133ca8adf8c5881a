/** `GET` and `PUT /_u/api/event-plan`: which events the site means to send. */
import * as v from "valibot";
import { latestSetting, saveSetting } from "../../d1/settings.ts";
import type { Json } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import { type EventPlan, EventPlanSchema, NO_PLAN } from "../../domain/setup/plan.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { readBody } from "./input.ts";

export const EventPlanBody = v.strictObject({
  ...EventPlanSchema.entries,
  /** As it was read; another means that somebody saved meanwhile. */
  version: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

export interface SavedPlan extends EventPlan {
  /** 0: none was saved. */
  version: number;
}

export async function readPlan(db: D1Database): Promise<SavedPlan> {
  const saved = await latestSetting(db, "event-plan");
  return saved
    ? { ...v.parse(EventPlanSchema, saved.document), version: saved.version }
    : { ...NO_PLAN, version: 0 };
}

/** @throws Problem `conflict` when another version was saved than the one that was edited */
export async function savePlan(
  { db, now }: Pick<Context, "db" | "now">,
  plan: EventPlan,
  version: number | undefined,
  author: string,
): Promise<SavedPlan> {
  const current = await readPlan(db);
  if (version !== undefined && version !== current.version)
    throw new Problem("conflict", "another version was saved meanwhile", { path: "version" });
  const next = current.version + 1;
  await saveSetting(db, "event-plan", {
    version: next,
    document: { events: plan.events } as unknown as Json,
    author,
    at: now,
  });
  return { events: plan.events, version: next };
}

export const getEventPlan = forRole("either", async (_, { db }) => json(await readPlan(db)));

export const putEventPlan = forRole("marketer", async (request, context, role) => {
  const { version, ...plan } = await readBody(request, EventPlanBody);
  return json(await savePlan(context, plan, version, role));
});
