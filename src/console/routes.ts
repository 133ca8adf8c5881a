/** The console's pages on one screen. */
import type { Route } from "../http/context.ts";
import { getAttributionPage } from "./attribution.tsx";
import { getIcon, getScript, getStyle } from "./assets.ts";
import { getAuditFile, getAuditPage } from "./audit.tsx";
import { getDraftPage, postDiscard, postDraft, postPublish, postWhatIf } from "./consent/draft.tsx";
import { getEditor, postEditor } from "./consent/edit/editor.tsx";
import { getOfficerOverviewPage } from "./consent/overview.tsx";
import { getPolicyPage } from "./consent/policy.tsx";
import { getReceiptPage } from "./consent/receipt.tsx";
import { getCheckerFile, getReceiptsFile, getReceiptsPage } from "./consent/receipts.tsx";
import { getCookiesPage, getRecordPage } from "./consent/record.tsx";
import { getRetentionPage } from "./consent/retention.tsx";
import { getSimulatorPage } from "./consent/simulator.tsx";
import { getVerificationPage, postVerification } from "./consent/verification.tsx";
import { getVersionPage, getVersionsPage } from "./consent/versions.tsx";
import { exportRoutes } from "./exports/routes.tsx";
import { hintRoutes } from "./hints/routes.ts";
import { importRoutes } from "./import/routes.tsx";
import { getJoinPage, postJoin } from "./join.tsx";
import { installRoutes } from "./install/routes.tsx";
import { liveRoutes } from "./live/routes.tsx";
import { getMergesPage } from "./merges.tsx";
import { meterRoutes } from "./meter/routes.tsx";
import { getOverviewPage } from "./overview.tsx";
import { getPeoplePage } from "./people.tsx";
import { getPersonPage } from "./person.tsx";
import { postDevicePage, postOwnPage, postPermissionPage } from "./person-forms.ts";
import { postUnseparatePage } from "./rejoin.tsx";
import { getQuarantinePage, postQuarantinePage, postReleasePage } from "./quarantine.tsx";
import { getRequestExport, getRequestPage, postHandedOver } from "./request.tsx";
import { postPreview, postRequestPage } from "./request-preview.tsx";
import { getRequestsPage } from "./requests.tsx";
import { getSuggestionsPage } from "./suggestions/list.tsx";
import { getSuggestionPage, postSuggestionPage } from "./suggestions/suggestion.tsx";
import { rulesRoutes } from "./rules/routes.ts";
import { setupRoutes } from "./setup/routes.tsx";
import { getSessionPage, postSessionEnd } from "./session.tsx";
import { getSidesPage, postSeparatePage } from "./sides.tsx";
import { getSignIn, postSignIn, postSignOut } from "./sign-in.tsx";
import { getUndoPage, postUndoPage } from "./undo.tsx";
import { webhookRoutes } from "./webhooks/routes.tsx";

export const consoleRoutes: readonly Route[] = [
  ["GET", "/_u/console/style.css", getStyle],
  ["GET", "/_u/console/script/:name.js", getScript],
  ["GET", "/_u/console/icon.svg", getIcon],
  ["GET", "/_u/console/sign-in", getSignIn],
  ["POST", "/_u/console/sign-in", postSignIn],
  ["POST", "/_u/console/sign-out", postSignOut],
  ["GET", "/_u/console/session", getSessionPage],
  ["POST", "/_u/console/session/end", postSessionEnd],
  ["GET", "/_u/console/", getOverviewPage],
  ["GET", "/_u/console/consent", getOfficerOverviewPage],
  ["GET", "/_u/console/people", getPeoplePage],
  ["GET", "/_u/console/people/:id", getPersonPage],
  ["GET", "/_u/console/people/:id/sides", getSidesPage],
  ["POST", "/_u/console/people/:id/separate", postSeparatePage],
  ["POST", "/_u/console/people/:id/identifiers", postOwnPage],
  ["POST", "/_u/console/people/:id/unseparate", postUnseparatePage],
  ["POST", "/_u/console/people/:id/device", postDevicePage],
  ["POST", "/_u/console/people/:id/permission", postPermissionPage],
  ["GET", "/_u/console/quarantine", getQuarantinePage],
  ["POST", "/_u/console/quarantine", postQuarantinePage],
  ["POST", "/_u/console/quarantine/release", postReleasePage],
  ["GET", "/_u/console/requests", getRequestsPage],
  ["POST", "/_u/console/requests", postRequestPage],
  ["POST", "/_u/console/requests/preview", postPreview],
  ["GET", "/_u/console/requests/:id", getRequestPage],
  ["GET", "/_u/console/requests/:id/export.json", getRequestExport],
  ["POST", "/_u/console/requests/:id/handed-over", postHandedOver],
  ["GET", "/_u/console/policy", getPolicyPage],
  ["GET", "/_u/console/policy/draft", getDraftPage],
  ["POST", "/_u/console/policy/draft", postDraft],
  ["POST", "/_u/console/policy/draft/what-if", postWhatIf],
  ["POST", "/_u/console/policy/draft/publish", postPublish],
  ["POST", "/_u/console/policy/draft/discard", postDiscard],
  ["GET", "/_u/console/policy/draft/:area", getEditor],
  ["POST", "/_u/console/policy/draft/:area", postEditor],
  ["GET", "/_u/console/policy/versions", getVersionsPage],
  ["GET", "/_u/console/policy/versions/:version", getVersionPage],
  ["GET", "/_u/console/simulator", getSimulatorPage],
  ["GET", "/_u/console/receipts", getReceiptsPage],
  ["GET", "/_u/console/receipts/export.ndjson", getReceiptsFile],
  ["GET", "/_u/console/receipts/check.mjs", getCheckerFile],
  ["GET", "/_u/console/receipts/verification", getVerificationPage],
  ["POST", "/_u/console/receipts/verification", postVerification],
  ["GET", "/_u/console/receipts/:visitor/:seq", getReceiptPage],
  ["GET", "/_u/console/retention", getRetentionPage],
  ["GET", "/_u/console/record", getRecordPage],
  ["GET", "/_u/console/record/cookies", getCookiesPage],
  ["GET", "/_u/console/suggestions", getSuggestionsPage],
  ["GET", "/_u/console/suggestions/:id", getSuggestionPage],
  ["POST", "/_u/console/suggestions/:id", postSuggestionPage],
  ["GET", "/_u/console/merges", getMergesPage],
  ["GET", "/_u/console/merges/new", getJoinPage],
  ["POST", "/_u/console/merges", postJoin],
  ["GET", "/_u/console/merges/:id/undo", getUndoPage],
  ["POST", "/_u/console/merges/:id/undo", postUndoPage],
  ["GET", "/_u/console/audit", getAuditPage],
  ["GET", "/_u/console/audit.csv", getAuditFile],
  ["GET", "/_u/console/attribution", getAttributionPage],
  ...rulesRoutes,
  ...exportRoutes,
  ...webhookRoutes,
  ...hintRoutes,
  ...meterRoutes,
  ...importRoutes,
  ...setupRoutes,
  ...liveRoutes,
  ...installRoutes,
];
