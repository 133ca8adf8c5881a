/**
 * What is looked at of each page: a line for every address that the console answers to a GET, each with the looks that
 * show it at its heaviest. The benchmark refuses to run when one has no line here, so that a new page can't be forgotten.
 */
import { DAYS, idOf } from "./console-seed.ts";
import type { Town } from "./console-town.ts";

const DAY_MS = 86_400_000;

export interface Look {
  path: string;
  /** What it is to answer. */
  status: number;
  /** Sent as a form, to a page that only looks. */
  form?: Record<string, string>;
  /** Not a page: a style, a script, a file to be saved. Its time is that until its first byte. */
  file?: true;
}

const dayName = (at: number): string => new Date(at).toISOString().slice(0, 10);

const at = (...paths: string[]): Look[] => paths.map((path) => ({ path, status: 200 }));
const file = (...paths: string[]): Look[] =>
  paths.map((path) => ({ path, status: 200, file: true }));

/** By the route below `/_u/console`. `cursors`: where a list goes on after its first page, by its path. */
export function looksOf(
  { person, pair, merge, exported, erased, running, address, lists }: Town,
  cursors: ReadonlyMap<string, string>,
  now: number,
): Readonly<Record<string, Look[]>> {
  const day = (back: number): string => dayName(now - back * DAY_MS);
  const usual = `from=${day(DAYS - 1)}`;
  /** Ranges that nothing was counted ahead for. */
  const unusual = `from=${day(80)}&to=${day(3)}`;
  const further = (path: string): string[] => {
    const cursor = cursors.get(path);
    return cursor === undefined ? [] : [`${path}${path.includes("?") ? "&" : "?"}cursor=${cursor}`];
  };
  const people = `/people/${person}`;
  return {
    "/style.css": file("/style.css"),
    "/script/:name.js": file("/script/main.js", "/script/live.js"),
    "/icon.svg": file("/icon.svg"),
    // Who is signed in is sent on.
    "/sign-in": [{ path: "/sign-in", status: 303 }],
    "/session": at("/session"),
    "/": at("/", `/?${usual}`, `/?${unusual}`, `/?from=${day(399)}`),
    "/consent": at("/consent", `/consent?${usual}`, `/consent?from=${day(399)}`),
    "/people": at(
      "/people",
      "/people?stage=person",
      "/people?next=Get+the+app",
      `/people?q=${encodeURIComponent(address)}`,
      "/people?q=vaa",
      "/people?segment=none",
      ...further("/people"),
    ),
    "/people/:id": at(people, ...further(people)),
    "/people/:id/sides": at(`${people}/sides`),
    "/requests": [
      ...at("/requests", "/requests?state=done&kind=export", ...further("/requests")),
      {
        path: "/requests/preview",
        status: 200,
        form: { kind: "erase", of: "email", identifier: address },
      },
    ],
    "/requests/:id": at(`/requests/${exported}`, `/requests/${erased}`),
    "/requests/:id/export.json": file(`/requests/${exported}/export.json`),
    "/policy": at("/policy"),
    "/policy/draft": at("/policy/draft"),
    "/policy/draft/:area": at(
      ...["purposes", "regions", "signals", "notice", "cookies", "promises", "document"].map(
        (area) => `/policy/draft/${area}`,
      ),
    ),
    "/policy/versions": at("/policy/versions"),
    "/policy/versions/:version": at("/policy/versions/1"),
    "/simulator": at("/simulator", "/simulator?region=DE&gpc=1&against=draft"),
    "/receipts": at("/receipts", `/receipts?visitor=${idOf(7)}`),
    "/receipts/export.ndjson": file("/receipts/export.ndjson"),
    "/receipts/check.mjs": file("/receipts/check.mjs"),
    "/receipts/verification": at("/receipts/verification"),
    "/receipts/:visitor/:seq": at(`/receipts/${idOf(7)}/1`),
    "/retention": at("/retention"),
    "/record": at("/record"),
    "/record/cookies": at("/record/cookies"),
    "/quarantine": at("/quarantine"),
    "/rules": at("/rules"),
    "/rules/edit": at("/rules/edit"),
    "/rules/try": at(`/rules/try?a=${pair[0]}&b=${pair[1]}`),
    "/rules/versions": at("/rules/versions"),
    "/rules/versions/:version": at("/rules/versions/1"),
    "/suggestions": at("/suggestions", "/suggestions?state=rejected", ...further("/suggestions")),
    "/suggestions/:id": at(`/suggestions/${pair.join(".")}`),
    "/merges": at("/merges", ...further("/merges")),
    "/merges/new": at(`/merges/new?a=${pair[0]}&b=${pair[1]}`),
    "/merges/:id/undo": at(`/merges/${merge}/undo`),
    "/audit": at("/audit", `/audit?whose=${person}`, ...further("/audit")),
    "/audit.csv": file("/audit.csv"),
    "/attribution": at(
      "/attribution",
      "/attribution?by=campaign&model=markov",
      `/attribution?${usual}`,
      `/attribution?by=campaign&${usual}`,
      `/attribution?${unusual}`,
      `/attribution?by=campaign&${unusual}`,
    ),
    "/actions": at("/actions"),
    "/actions/new": at("/actions/new", "/actions/new?like=get-the-app"),
    "/actions/versions": at("/actions/versions"),
    "/actions/:id": at("/actions/get-the-app"),
    "/actions/:id/edit": at("/actions/get-the-app/edit"),
    "/performance": at("/performance", `/performance?${usual}`, `/performance?${unusual}`),
    "/performance/:id": at("/performance/get-the-app", `/performance/get-the-app?${unusual}`),
    "/exports": at("/exports"),
    "/exports/hints.csv": file("/exports/hints.csv", "/exports/hints.csv?action=get-the-app"),
    // Sent on to where lists are made.
    "/exports/lists": [{ path: "/exports/lists", status: 303 }],
    "/exports/lists/:id": at(`/exports/lists/${lists.hints}`),
    "/exports/lists/:id/file.csv": file(`/exports/lists/${lists.hints}/file.csv`),
    "/data": at("/data"),
    "/data/:id": at(`/data/${lists.events}`, `/data/${lists.running}`),
    "/data/:id/file.ndjson": file(`/data/${lists.events}/file.ndjson`),
    // That one isn't a table: it says so.
    "/data/:id/file.csv": [{ path: `/data/${lists.events}/file.csv`, status: 404, file: true }],
    "/webhooks": at("/webhooks"),
    "/meter": at("/meter", ...further("/meter")),
    "/segments": at("/segments"),
    "/setup": at("/setup", `/setup?${usual}`, `/setup?${unusual}`),
    "/setup/plan": at("/setup/plan"),
    "/live": at("/live"),
    // Not a page: it takes a WebSocket, and says so.
    "/live/socket": [{ path: "/live/socket", status: 400 }],
    "/install": at("/install"),
    "/import": at("/import"),
    "/import/:id": at(`/import/${running}`),
  };
}
