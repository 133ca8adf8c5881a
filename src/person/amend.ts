/** What humans say of one visitor, beside joining and parting: whose device it is, which persona, who may be contacted. */
import type { Amendment } from "../domain/person/calls.ts";
import { withChanges } from "../domain/permission/permission.ts";
import type { VisitorDoc } from "./documents.ts";
import type { Transactor } from "./transactor.ts";

export function amend(tx: Transactor, doc: VisitorDoc, amendment: Amendment): true {
  switch (amendment.do) {
    case "share":
      doc.device = { ...doc.device, set: amendment.sharing };
      break;
    case "separate":
      keepApart(doc, amendment.from);
      break;
    case "permit":
      doc.permissions = withChanges(doc.permissions, amendment.changes);
      break;
  }
  tx.changed(doc);
  return true;
}

export function keepApart(doc: VisitorDoc, other: VisitorDoc["id"]): void {
  if (!doc.separate.includes(other)) doc.separate = [...doc.separate, other];
}
