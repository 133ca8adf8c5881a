/** Does one visitor send more than a person can? */
import { type Check, countOf, found, good, many, n, were } from "./finding.ts";

export const cappedVisitors: Check = (facts) => {
  const lost = countOf(facts, "capped");
  if (lost === 0) return good("capped", "No visitor sends more than is recorded in a day");
  return found(
    "capped",
    "wrong",
    `${many(lost, "call")} ${were(lost)} dropped, since one visitor sent more than is recorded in a day`,
    facts.capped.map(
      ({ visitor, day, events }) => `Visitor ${visitor}: ${n(events)} events on ${day}`,
    ),
    [
      "Open the visitor under People, by that id, and look at its journey: it says which sender and which event.",
      "A server that sends everybody's events under one anonymousId: leave anonymousId out there, or give each user their own.",
      "A kiosk or a till that many people use: call usher.reset() between them.",
      "A page that calls in a loop: mend the page. What was dropped isn't kept anywhere.",
    ],
  );
};
