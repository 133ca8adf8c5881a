/** Do senders say who, when and what, once each? */
import {
  arrived,
  type Check,
  countOf,
  ENOUGH,
  found,
  good,
  many,
  n,
  percent,
  unknown,
  were,
} from "./finding.ts";

export const identifies: Check = ({ events, recorded }) => {
  const times = events.get("identify") ?? 0;
  if (recorded < ENOUGH)
    return unknown("identify", "Too little was recorded to say whether people are identified");
  if (times > 0) return good("identify", `Identify was called ${n(times)} times`);
  return found(
    "identify",
    "look",
    "Identify is never called",
    [`${n(recorded)} events, and none says who it was`],
    [
      "Call usher.identify(userId, traits) after sign-in, sign-up and newsletter forms.",
      "Send an identity token with it, so that it counts as proven.",
    ],
  );
};

export const clocks: Check = ({ clocks: { ahead, behind, server }, recorded }) => {
  const off = ahead + behind;
  if (off === 0) return good("clocks", "No sender's clock is off");
  const much = off * 20 > recorded;
  return found(
    "clocks",
    server >= ENOUGH || much ? "wrong" : "look",
    `${many(off, "request")} came from clocks that are off by more than ten minutes`,
    [
      `${n(ahead)} ahead, ${n(behind)} behind`,
      server > 0
        ? `${n(server)} of them were sent by a server of yours`
        : "None of them is known to be a server's",
    ],
    [
      "Times are corrected by sentAt, so journeys stay in order. Without sentAt they can't be.",
      ...(server > 0 ? ["Set your server's clock by NTP."] : []),
      ...(server < off
        ? [
            much
              ? "Single devices have wrong clocks everywhere, but so many is strange: look whether the client sets sentAt when it sends, in UTC."
              : "Single devices have wrong clocks everywhere: of those nothing is to be mended.",
          ]
        : []),
    ],
  );
};

/** A view in twenty, so that a reload or a double click is none. */
const REPEATED_SHARE = 0.05;

export const duplicates: Check = (facts) => {
  const repeated = countOf(facts, "duplicate");
  const share = repeated / Math.max(1, arrived(facts));
  if (facts.doubled.length > 0)
    return found(
      "duplicates",
      "wrong",
      "The same order comes from two senders",
      facts.doubled.map(
        ({ event, orders, channels }) =>
          `${event}: ${many(orders, "order")} came more than once, from ${channels.join(" and ")}`,
      ),
      [
        "Send an order from one side alone; the server is surer.",
        "Or send it from both with the same messageId: then it is kept once.",
      ],
    );
  const views = facts.repeated.pages.reduce((sum, { times }) => sum + times, 0);
  if (views >= ENOUGH && views > facts.repeated.of * REPEATED_SHARE)
    return found(
      "duplicates",
      "wrong",
      "Page views are sent twice",
      [
        `${n(views)} of the newest ${n(facts.repeated.of)} page views came within two seconds of another one of the same visitor and page`,
        ...facts.repeated.pages.map(({ path, times }) => `${path}: ${many(times, "time")}`),
      ],
      [
        "Look whether the snippet is on these pages twice, or a tag manager sends page views beside it: take one out.",
        "On a site that changes pages without loading, usher.page() must be called once a change.",
      ],
    );
  if (repeated >= ENOUGH && share > 0.05)
    return found(
      "duplicates",
      "look",
      `${percent(share)} of calls are repetitions`,
      [`${n(repeated)} calls came with a messageId that was there already`],
      [
        "They are kept once, so nothing is counted double.",
        "Look for a retry without a pause, or a snippet that is on the page twice.",
      ],
    );
  return good("duplicates", "Nothing is sent twice to speak of");
};

export const junk: Check = (facts) => {
  const blocked = countOf(facts, "blocked");
  if (blocked === 0 && facts.quarantined === 0)
    return good("junk-ids", "No junk identifiers arrive");
  return found(
    "junk-ids",
    facts.quarantined > 0 ? "wrong" : "look",
    "Identifiers arrive that name nobody",
    [
      ...(blocked > 0
        ? [`${many(blocked, "message")} with an id that names nobody ${were(blocked)} dropped`]
        : []),
      ...facts.junk.map(
        ({ id, sender, count }) => `${id} from a ${sender}, ${many(count, "time")}`,
      ),
      ...(facts.quarantined > 0
        ? [
            `${many(facts.quarantined, "identifier")} ${were(facts.quarantined)} said by so many devices that ${facts.quarantined === 1 ? "it joins" : "they join"} nobody any more`,
          ]
        : []),
    ],
    [
      "Call identify only when the id is known: not before the sign-in has answered.",
      "Look at the quarantine (/_u/console/quarantine): an address of a shared desk belongs there, a customer's doesn't.",
    ],
  );
};

export const manyNames: Check = ({ events }) => {
  const names = [...events.keys()]
    .filter((each) => each.startsWith("track:"))
    .map((each) => each.slice(6));
  const numbered = names.filter((each) => /\d{3,}|[0-9a-f]{8}/i.test(each));
  if (names.length < 100 && numbered.length === 0)
    return good("names", `${n(names.length)} event names, none made of ids`);
  return found(
    "names",
    numbered.length > 0 ? "wrong" : "look",
    numbered.length > 0
      ? "Event names hold ids or numbers"
      : `There are ${n(names.length)} event names`,
    numbered.length > 0 ? numbered : names,
    [
      "Name what happened, and put what it happened to into a property: Product Viewed with product_id, not Product 81234 Viewed.",
    ],
  );
};
