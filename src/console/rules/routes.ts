/** The pages of the identity rules. */
import type { Route } from "../../http/context.ts";
import { getEditPage, postEditPage } from "./edit.tsx";
import { getRulesPage } from "./page.tsx";
import { getTryPage } from "./try.tsx";
import { getRulesVersionPage, getRulesVersionsPage } from "./versions.tsx";

export const rulesRoutes: readonly Route[] = [
  ["GET", "/_u/console/rules", getRulesPage],
  ["GET", "/_u/console/rules/edit", getEditPage],
  ["POST", "/_u/console/rules/edit", postEditPage],
  ["GET", "/_u/console/rules/try", getTryPage],
  ["GET", "/_u/console/rules/versions", getRulesVersionsPage],
  ["GET", "/_u/console/rules/versions/:version", getRulesVersionPage],
];
