/** What humans say of one visitor, beside joining and parting: whose device it is, which persona, who may be contacted. */
import type { Amendment } from "../domain/person/calls.ts";
import { withChanges } from "../domain/permission/permission.ts";
import { silence } from "./addresses.ts";
import { disown, own } from "./disown.ts";
import type { VisitorDoc } from "./documents.ts";
import { forget } from "./forget.ts";
import { tellFacts } from "./match-facts.ts";
import { remember } from "./said.ts";
import { say } from "./separation.ts";
import { forgetSightings } from "./sightings.ts";
import type { Transactor } from "./transactor.ts";

export function amend(tx: Transactor, doc: VisitorDoc, amendment: Amendment): true {
  const isNews = changes(doc, amendment);
  switch (amendment.do) {
    case "silence":
      if (doc.claims[amendment.as]?.assurance === "verified") silence(tx, doc, amendment.words);
      return true;
    case "share":
      doc.device = { ...doc.device, set: amendment.sharing };
      if (amendment.sharing !== null && amendment.sharing !== "personal")
        forgetSightings(tx, doc, amendment.entry?.at ?? 0);
      break;
    case "forget":
      forget(tx, doc, amendment.erased);
      return true;
    case "separate": {
      const { from, command, entry } = amendment;
      say(tx, doc, from, { command, apart: true, entry });
      return true;
    }
    case "unseparate": {
      const { from, command, entry } = amendment;
      for (const [n, other] of from.entries())
        say(tx, doc, other, { command: `${command}.${n}`, apart: false, entry });
      return true;
    }
    case "disown": {
      const { identifier, why, entry } = amendment;
      const undone = { at: entry.at, by: entry.by, ...(why === undefined ? {} : { why }) };
      if (!disown(tx, doc, identifier, undone)) return true;
      break;
    }
    case "own":
      if (!own(tx, doc, amendment.identifier)) return true;
      break;
    case "note":
      break;
    case "unsee":
      forgetSightings(tx, doc, amendment.at);
      break;
    case "permit":
      doc.permissions = withChanges(doc.permissions, amendment.changes);
      break;
  }
  if ("entry" in amendment && amendment.entry) {
    remember(doc, amendment.entry, isNews);
    if (amendment.do === "share") tellFacts(doc, amendment.entry.at);
  }
  tx.changed(doc);
  return true;
}

/** Whether it would be another word than the one that stands. */
function changes(doc: VisitorDoc, amendment: Amendment): boolean {
  switch (amendment.do) {
    case "share":
      return (doc.device.set ?? null) !== amendment.sharing;
    case "permit":
      return amendment.changes.some(({ identifier, channel, state, source }) => {
        const known = doc.permissions[identifier]?.[channel];
        return known?.state !== state || known.source !== source;
      });
    default:
      return amendment.do !== "note";
  }
}
