/** What an entry of the audit log says, in words. */

const VERBS: Readonly<Record<string, string>> = {
  GET: "Saw",
  POST: "Sent",
  PUT: "Changed",
  DELETE: "Removed",
  FILE: "Put into",
};

/** What stands behind a path, where its own words don't say it well. */
const THINGS: Readonly<Record<string, string>> = {
  "": "the overview",
  people: "the list of people",
  "people/:id": "a person",
  "people/:id/journey": "a person's journey",
  "people/:id/next": "a person's next action",
  requests: "the requests",
  "requests/:id": "a request",
  "requests/:id/export.json": "everything held about a person",
  audit: "the audit log",
  "audit.csv": "the audit log as a file",
  merges: "the log of merges",
  "merges/new": "two people to join",
  "merges/:id/undo": "the undoing of a merge",
  actions: "the catalogue of actions",
  "actions/new": "a new action",
  "actions/versions": "the versions of the catalogue",
  "actions/:id": "an action",
  "actions/:id/edit": "an action, to change it",
  performance: "how the actions do",
  "performance/:id": "how an action does",
  exports: "the exports",
  "exports/hints.csv": "the list of who should get what",
  "exports/lists/:id": "a list of who should get what",
  "exports/lists/:id/file.csv": "a list of who should get what, as a file",
  "data/:id": "an export of data",
  "data/:id/file.ndjson": "an export of data, as a file",
  "data/:id/file.csv": "an export of data, as a table",
  webhooks: "the webhooks",
  meter: "the reading meter",
  "reports/meter": "the reading meter",
  segments: "the segments",
  attribution: "the attribution",
  policy: "the consent policy",
  quarantine: "the quarantine",
  rules: "the identity rules",
  "rules/edit": "the identity rules, to change them",
  "rules/try": "two people, to try the identity rules on",
  "rules/versions": "the versions of the identity rules",
  "rules/versions/:version": "a version of the identity rules",
  "merge-rules": "the identity rules",
  "merge-rules/try": "two people, to try the identity rules on",
  "merge-rules/versions": "the versions of the identity rules",
  "merge-rules/versions/:version": "a version of the identity rules",
  install: "the install page",
  live: "the live view",
  "live/socket": "messages as they came",
  "live/watch": "that somebody watches",
  setup: "the setup check",
  "setup/sitemap": "the sitemap to be read",
  "setup/hosts": "hosts to be compared",
  "setup/plan": "the event plan",
};

const DEEDS: Readonly<Record<string, string>> = {
  "POST sign-in": "Signed in",
  "POST sign-out": "Signed out",
  "POST requests": "Made a request",
  "POST requests/:id/handed-over": "Said that an export was handed over",
  "POST people/:id/unseparate": "Took back that two people are kept apart",
  "POST people/:id/identifiers": "Said whether an identifier is a device's",
  "PUT devices/:id/identifiers": "Said whether an identifier is a device's",
  "DELETE separate": "Took back that two people are kept apart",
  "POST merges": "Joined two people",
  "POST merges/:id/undo": "Undid a merge",
  "POST rules/edit": "Worked on the identity rules",
  "PUT merge-rules": "Changed the identity rules",
  "POST people/:id/device": "Said whose device it is",
  "PUT devices/:id": "Said whose device it is",
  "POST people/:id/permission": "Said whether somebody may be contacted",
  "POST people/:id/permissions": "Said whether somebody may be contacted",
  "POST import/approve": "Approved an origin of files",
  "POST import/withdraw": "Withdrew the approval of an origin of files",
  "POST origins/:origin/approve": "Approved an origin of files",
  "POST origins/:origin/withdraw": "Withdrew the approval of an origin of files",
  "POST quarantine": "Blocked an identifier",
  "POST quarantine/release": "Released an identifier",
  "DELETE quarantine/:id": "Released an identifier",
  "POST actions/new": "Worked on a new action",
  "POST actions/:id/edit": "Worked on an action",
  "POST actions/:id/remove": "Took an action out",
  "POST meter": "Changed the reading meter",
  "POST webhooks": "Added a system that gets events",
  "POST webhooks/:id": "Changed a system that gets events",
  "POST webhooks/:id/again": "Had events sent again that were given up",
  "PUT webhooks": "Changed the systems that get events",
  "POST webhooks/:id/deliveries/:delivery/again": "Had events sent again that were given up",
  "POST exports/systems": "Added a system that gets the list",
  "POST exports/systems/:id": "Changed a system that gets the list",
};

/** `GET /_u/console/people/:id` → `Saw a person`; what was not done is named all the same, as it was tried. */
export function actWords(act: string, outcome: number): string {
  const [method = "", path = ""] = act.split(" ");
  const place = path.replace(/^\/_u\/(?:console|api)\//, "");
  const deed = DEEDS[`${method} ${place}`];
  if (deed) return outcome < 400 ? deed : `Tried: ${deed.toLowerCase()}`;
  const thing =
    THINGS[place] ??
    place
      .replaceAll(/\/?:\w+/g, "")
      .replaceAll(/[/._-]+/g, " ")
      .trim();
  const words = `${VERBS[method] ?? method} ${thing}`;
  return outcome < 400 ? words : `Tried: ${words.toLowerCase()}`;
}

const OUTCOMES: Readonly<Record<number, string>> = {
  401: "wrong token",
  403: "refused",
  404: "not there",
  409: "refused by the rules",
  422: "not valid",
  429: "too often",
};

export function outcomeWords(status: number): string {
  if (status < 400) return "done";
  return OUTCOMES[status] ?? (status >= 500 ? "failed" : "not done");
}
