/** The marketer's pages on one screen. */
import type { Route } from "../../http/context.ts";
import { getActionPage, postRemoveAction } from "./action.tsx";
import { getCataloguePage } from "./catalogue.tsx";
import { getDownload } from "./download.ts";
import { getEditAction, getNewAction, postEditAction, postNewAction } from "./edit.tsx";
import { getExportsPage, postSystem, postSystemChange } from "./exports.tsx";
import { getActionPerformancePage, getPerformancePage } from "./performance.tsx";
import { getSegmentsPage } from "./segments.tsx";
import { getVersionsPage } from "./versions.tsx";

/** `new` and `versions` come before the ids. */
export const hintRoutes: readonly Route[] = [
  ["GET", "/_u/console/actions", getCataloguePage],
  ["GET", "/_u/console/actions/new", getNewAction],
  ["POST", "/_u/console/actions/new", postNewAction],
  ["GET", "/_u/console/actions/versions", getVersionsPage],
  ["GET", "/_u/console/actions/:id", getActionPage],
  ["GET", "/_u/console/actions/:id/edit", getEditAction],
  ["POST", "/_u/console/actions/:id/edit", postEditAction],
  ["POST", "/_u/console/actions/:id/remove", postRemoveAction],
  ["GET", "/_u/console/performance", getPerformancePage],
  ["GET", "/_u/console/performance/:id", getActionPerformancePage],
  ["GET", "/_u/console/exports", getExportsPage],
  ["GET", "/_u/console/exports/hints.csv", getDownload],
  ["POST", "/_u/console/exports/systems", postSystem],
  ["POST", "/_u/console/exports/systems/:id", postSystemChange],
  ["GET", "/_u/console/segments", getSegmentsPage],
];
