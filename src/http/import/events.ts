/** What happened away from the site, and what was spent on ads. */
import type { DailySpend } from "../../domain/attribution/spend.ts";
import type { JsonObject } from "../../domain/json.ts";
import { saveSpend } from "../../d1/imports.ts";
import type { ImportedEvent } from "../../import/rows.ts";
import { collectFromServer } from "../collect/server.ts";
import { idsOf, type Import, nameOf, type Outcome, SENDER } from "./job.ts";

/** Consent is the person's stored decision, else what an approved file carries, else none. */
export async function putEvents(job: Import, values: readonly ImportedEvent[]): Promise<Outcome[]> {
  const seen = new Map<string, number>();
  const messages = await Promise.all(
    values.map(async (value): Promise<JsonObject> => {
      const name = value.messageId ?? (await nameOf(job, value));
      // Two rows that are equal in all are two things that happened.
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      const { context, ...ids } = idsOf(value.ids) as { context: JsonObject };
      const consent = job.approved && value.consent;
      return {
        type: "track",
        event: value.event,
        messageId: nth === 0 ? name : `${name}-${nth}`,
        timestamp: value.timestamp,
        properties: value.properties,
        ...ids,
        context: { ...context, ...(consent ? { consent: { categoryPreferences: consent } } : {}) },
      };
    }),
  );
  const { dropped } = await collectFromServer(job.services, messages, SENDER);
  const reasons = new Map(dropped.map(({ messageId, reason }) => [messageId, reason]));
  return messages.map(({ messageId }): Outcome => {
    const reason = reasons.get(String(messageId));
    if (reason === undefined || reason === "duplicate") return null;
    if (reason === "invalid" || reason === "blocked")
      return { as: "invalid", message: `can't be taken: ${reason}` };
    return { as: "dropped", message: `isn't kept: ${reason}` };
  });
}

/** Each row says the sum so far of its day, channel and campaign, so the last one of those stands. */
export async function putSpend(job: Import, values: readonly DailySpend[]): Promise<Outcome[]> {
  const sums = new Map(
    values.map((row) => [JSON.stringify([row.day, row.channel, row.campaign]), row]),
  );
  await saveSpend(job.services.db, [...sums.values()]);
  return values.map(() => null);
}
