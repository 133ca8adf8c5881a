/** The trusted API on one screen (CONTRACT.md, "API"). */
import type { Route } from "../context.ts";
import { getEventsExport } from "../export/events.ts";
import { getPeopleCsv, getPeopleExport } from "../export/people.ts";
import { getActionReport } from "./action-report.ts";
import { getOrigins, postApproval, postImport, postWithdrawal } from "../import.ts";
import { getActions, putActions } from "./actions.ts";
import { getAttribution } from "./attribution.ts";
import { postReapply } from "./erasures.ts";
import { putOwn } from "./disown.ts";
import { deleteDraft, getDraft, getWhatIf, putDraft } from "./draft.ts";
import { postHintOutcome, postHintsSent } from "./hints-sent.ts";
import { getHints, getHintsCsv } from "./hints.ts";
import { getJourney } from "./journey.ts";
import { postLinks } from "./links.ts";
import { getMerges } from "./merge-log.ts";
import { getMergeRules, postDryRun, putMergeRules } from "./merge-rules.ts";
import { getMergeRulesVersion, getMergeRulesVersions } from "./merge-rules-versions.ts";
import { postMerge } from "./merges.ts";
import { getMeterReport } from "./meter.ts";
import { getMetrics } from "./metrics.ts";
import { openapiFor } from "./openapi.ts";
import { getHistory, getNext, getPeople, getPerson } from "./people.ts";
import { postPermission } from "./permissions.ts";
import { postSeparate, putDevice } from "./personas.ts";
import {
  getPolicy,
  getPolicyVersion,
  getPolicyVersions,
  postSimulate,
  putPolicy,
} from "./policy.ts";
import { deleteQuarantined, getQuarantine, postQuarantined } from "./quarantine.ts";
import { getChecker, getReceipts, getReceiptsExport, getVerification } from "./receipts.ts";
import { getCookieDeclaration, getRecord } from "./record.ts";
import { getOverview } from "./overview.ts";
import { getEventPlan, putEventPlan } from "./event-plan.ts";
import { getSetup, postSitemap } from "./setup.ts";
import { getRequest, getRequests, postRequest } from "./requests.ts";
import { getResharding, postResharding } from "./resharding.ts";
import { getSegmentReport } from "./segment-report.ts";
import { getRetention } from "./retention.ts";
import { getSides } from "./sides.ts";
import { postApprove, postReject } from "./suggestion-decisions.ts";
import { getSuggestion, getSuggestions } from "./suggestions.ts";
import { postUndo } from "./undo.ts";
import { deleteSeparate } from "./unseparate.ts";
import { getWebhooks, postDeliverAgain, putWebhooks } from "./webhooks.ts";

const routes: readonly Route[] = [
  ["GET", "/_u/api/people", getPeople],
  ["GET", "/_u/api/people/:id", getPerson],
  ["GET", "/_u/api/people/:id/journey", getJourney],
  ["GET", "/_u/api/people/:id/history", getHistory],
  ["GET", "/_u/api/people/:id/sides", getSides],
  ["GET", "/_u/api/people/:id/next", getNext],
  ["GET", "/_u/api/merges", getMerges],
  ["POST", "/_u/api/merges", postMerge],
  ["POST", "/_u/api/merges/:id/undo", postUndo],
  ["POST", "/_u/api/separate", postSeparate],
  ["DELETE", "/_u/api/separate", deleteSeparate],
  ["POST", "/_u/api/people/:id/permissions", postPermission],
  ["PUT", "/_u/api/devices/:id", putDevice],
  ["PUT", "/_u/api/devices/:id/identifiers", putOwn],
  ["GET", "/_u/api/suggestions", getSuggestions],
  ["GET", "/_u/api/suggestions/:id", getSuggestion],
  ["POST", "/_u/api/suggestions/:id/approve", postApprove],
  ["POST", "/_u/api/suggestions/:id/reject", postReject],
  ["GET", "/_u/api/merge-rules", getMergeRules],
  ["PUT", "/_u/api/merge-rules", putMergeRules],
  ["GET", "/_u/api/merge-rules/versions", getMergeRulesVersions],
  ["GET", "/_u/api/merge-rules/versions/:version", getMergeRulesVersion],
  ["POST", "/_u/api/merge-rules/try", postDryRun],
  ["GET", "/_u/api/quarantine", getQuarantine],
  ["POST", "/_u/api/quarantine", postQuarantined],
  ["DELETE", "/_u/api/quarantine/:id", deleteQuarantined],
  ["POST", "/_u/api/links", postLinks],
  ["POST", "/_u/api/import", postImport],
  ["GET", "/_u/api/origins", getOrigins],
  ["POST", "/_u/api/origins/:origin/approve", postApproval],
  ["POST", "/_u/api/origins/:origin/withdraw", postWithdrawal],
  ["GET", "/_u/api/policy", getPolicy],
  ["PUT", "/_u/api/policy", putPolicy],
  ["GET", "/_u/api/policy/versions", getPolicyVersions],
  ["GET", "/_u/api/policy/versions/:version", getPolicyVersion],
  ["POST", "/_u/api/policy/simulate", postSimulate],
  ["GET", "/_u/api/policy/draft", getDraft],
  ["PUT", "/_u/api/policy/draft", putDraft],
  ["DELETE", "/_u/api/policy/draft", deleteDraft],
  ["GET", "/_u/api/policy/draft/what-if", getWhatIf],
  ["GET", "/_u/api/receipts", getReceipts],
  ["GET", "/_u/api/receipts/verify", getVerification],
  ["GET", "/_u/api/receipts/export", getReceiptsExport],
  ["GET", "/_u/api/receipts/check.mjs", getChecker],
  ["GET", "/_u/api/requests", getRequests],
  ["POST", "/_u/api/requests", postRequest],
  ["GET", "/_u/api/requests/:id", getRequest],
  ["POST", "/_u/api/erasures/reapply", postReapply],
  ["GET", "/_u/api/resharding", getResharding],
  ["POST", "/_u/api/resharding", postResharding],
  ["GET", "/_u/api/retention", getRetention],
  ["GET", "/_u/api/record", getRecord],
  ["GET", "/_u/api/cookies", getCookieDeclaration],
  ["GET", "/_u/api/export/events.ndjson", getEventsExport],
  ["GET", "/_u/api/export/people.ndjson", getPeopleExport],
  ["GET", "/_u/api/export/people.csv", getPeopleCsv],
  ["GET", "/_u/api/webhooks", getWebhooks],
  ["PUT", "/_u/api/webhooks", putWebhooks],
  ["POST", "/_u/api/webhooks/:id/deliveries/:delivery/again", postDeliverAgain],
  ["GET", "/_u/api/actions", getActions],
  ["PUT", "/_u/api/actions", putActions],
  ["GET", "/_u/api/hints", getHints],
  ["GET", "/_u/api/hints.csv", getHintsCsv],
  ["POST", "/_u/api/hints/sent", postHintsSent],
  ["POST", "/_u/api/hints/:hint/:outcome", postHintOutcome],
  ["GET", "/_u/api/metrics", getMetrics],
  ["GET", "/_u/api/reports/actions", getActionReport],
  ["GET", "/_u/api/reports/attribution", getAttribution],
  ["GET", "/_u/api/reports/segments", getSegmentReport],
  ["GET", "/_u/api/reports/meter", getMeterReport],
  ["GET", "/_u/api/reports/overview", getOverview],
  ["GET", "/_u/api/reports/setup", getSetup],
  ["POST", "/_u/api/reports/setup/sitemap", postSitemap],
  ["GET", "/_u/api/event-plan", getEventPlan],
  ["PUT", "/_u/api/event-plan", putEventPlan],
];

const description = ["GET", "/_u/api/openapi.json"] as const;

export const apiRoutes: readonly Route[] = [
  ...routes,
  [...description, openapiFor([...routes, [...description, async () => new Response()]])],
];
