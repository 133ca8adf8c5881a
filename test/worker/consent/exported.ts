/** What may leave under a purpose, as an officer gets it. */
import { exports } from "cloudflare:workers";
import { OFFICER_TOKEN, ORIGIN } from "../../support/site.ts";

/** A line of NDJSON an event. */
export const exportedEvents = (purpose: string): Promise<string[]> =>
  exported("events", purpose, '"visitor"');

/** A line of NDJSON a person. */
export const exportedPeople = (purpose: string): Promise<string[]> =>
  exported("people", purpose, '"person"');

async function exported(
  of: "events" | "people",
  purpose: string,
  named: string,
): Promise<string[]> {
  const headers = { authorization: `Bearer ${OFFICER_TOKEN}` };
  const url = `${ORIGIN}/_u/api/export/${of}.ndjson?purpose=${purpose}`;
  const body = await (await exports.default.fetch(url, { headers })).arrayBuffer();
  return new TextDecoder()
    .decode(body)
    .split("\n")
    .filter((line) => line.includes(named));
}
