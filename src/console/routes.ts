/** The console's pages on one screen. */
import type { Route } from "../http/context.ts";
import { getIcon, getScript, getStyle } from "./assets.ts";
import { getJoinPage, postJoin } from "./join.tsx";
import { getOverviewPage } from "./overview.tsx";
import { getPeoplePage } from "./people.tsx";
import { getPersonPage } from "./person.tsx";
import { openPlaces } from "./places.ts";
import { getRequestExport, getRequestPage, getRequestsPage, postRequestPage } from "./requests.tsx";
import { getSignIn, postSignIn, postSignOut } from "./sign-in.tsx";
import { getUndoPage, postUndoPage } from "./undo.tsx";

export const consoleRoutes: readonly Route[] = [
  ["GET", "/_u/console/style.css", getStyle],
  ["GET", "/_u/console/script/:name.js", getScript],
  ["GET", "/_u/console/icon.svg", getIcon],
  ["GET", "/_u/console/sign-in", getSignIn],
  ["POST", "/_u/console/sign-in", postSignIn],
  ["POST", "/_u/console/sign-out", postSignOut],
  ["GET", "/_u/console/", getOverviewPage],
  ["GET", "/_u/console/people", getPeoplePage],
  ["GET", "/_u/console/people/:id", getPersonPage],
  ["GET", "/_u/console/requests", getRequestsPage],
  ["POST", "/_u/console/requests", postRequestPage],
  ["GET", "/_u/console/requests/:id", getRequestPage],
  ["GET", "/_u/console/requests/:id/export.json", getRequestExport],
  ["GET", "/_u/console/merges/new", getJoinPage],
  ["POST", "/_u/console/merges", postJoin],
  ["GET", "/_u/console/merges/:id/undo", getUndoPage],
  ["POST", "/_u/console/merges/:id/undo", postUndoPage],
];

openPlaces(consoleRoutes.map(([, path]) => path));
