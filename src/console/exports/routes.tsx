/** Making exports, looking how far they are, and fetching them: lists for marketers, data for officers. */
import { DAY_MS, dayName, dayNamed, dayOf } from "../../domain/ids.ts";
import { labelOf } from "../../domain/consent/notice.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { Problem } from "../../domain/problem.ts";
import { catalogueInForce } from "../../http/api/actions.ts";
import { csvResponse } from "../../http/csv.ts";
import { fileOf, lookAtExport, startExport } from "../../http/export/jobs.ts";
import type { Call, Context, Route } from "../../http/context.ts";
import { attachment, PRIVATE_FILE, seeOther } from "../../http/respond.ts";
import { endingOf, type ExportJob, JOBS_MOST, listJobs } from "../../out/exports.ts";
import { filesState } from "../../out/files.ts";
import { purposesOf } from "../../out/line.ts";
import { action, page, screen, type Visit } from "../page.tsx";
import { DATA, DataPage, type DataPageProps, PEOPLE_TABLE } from "./data.tsx";
import { ExportJobPage } from "./jobs.tsx";

const LISTS = "/_u/console/exports/lists";
const USUAL_DAYS = 28;
const SHOWN = 20;

/** Those of one role's pages, newest first. */
export async function jobsOf(context: Context, lists: boolean): Promise<ExportJob[]> {
  const all = await listJobs(context.bucket, JOBS_MOST);
  return all
    .map(({ job }) => job)
    .filter(({ kind }) => (kind === "hints") === lists)
    .slice(0, SHOWN);
}

/** One of the role's own: a marketer's address doesn't show an officer's export. @throws Problem `not_found` */
async function jobIn(request: Call, context: Context, lists: boolean): Promise<ExportJob> {
  const job = await lookAtExport(context, request.params["id"] ?? "");
  if ((job.kind === "hints") === lists) return job;
  throw new Problem("not_found", "there is no such export, or it was long ago");
}

const jobPage =
  (lists: boolean, folder: string) =>
  async (visit: Visit): Promise<Response> => {
    const { request, context } = visit;
    const { db, now } = context;
    const job = await jobIn(request, context, lists);
    const [policy, { actions }] = await Promise.all([context.policy(), catalogueInForce(db)]);
    const body = <ExportJobPage {...{ job, policy, actions, folder, now }} />;
    return screen(visit, "Export", body);
  };

/** As its purpose is called, with its days: `events-Measurement-2026-10-27-to-2026-11-23.ndjson`. */
function fileName(job: ExportJob, policy: Policy): string {
  const { kind, from, to } = job;
  const purpose = labelOf(policy, job.purpose ?? "").replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-");
  return `${kind}-${purpose}-${dayName(from)}-to-${dayName(to)}.${endingOf(job)}`;
}

const getList = page("marketer", jobPage(true, LISTS));
const getExport = page("officer", jobPage(false, DATA));

const getListFile = page("marketer", async ({ request, context }) => {
  const job = await jobIn(request, context, true);
  const name = job.action === null ? "hints.csv" : `hints-${job.action}.csv`;
  return csvResponse(fileOf(context.bucket, job, context.now), name);
});

const exportFile = (ending: "csv" | "ndjson") =>
  page("officer", async ({ request, context }) => {
    const job = await jobIn(request, context, false);
    if (endingOf(job) !== ending) throw new Problem("not_found", "this export has another file");
    const file = fileOf(context.bucket, job, context.now);
    const name = fileName(job, await context.policy());
    if (ending === "csv") return csvResponse(file, name);
    return new Response(file, {
      headers: {
        ...PRIVATE_FILE,
        "content-type": "application/x-ndjson; charset=utf-8",
        "content-disposition": attachment(name),
      },
    });
  });

/** All lists are told of on the page where they are made. */
const getLists = page("marketer", async () => seeOther("/_u/console/exports#lists"));

const postList = action("marketer", async ({ context, session }, form) => {
  const id = form.get("action") || null;
  const { actions } = await catalogueInForce(context.db);
  if (id !== null && !actions.some((each) => each.id === id))
    throw new Problem("not_found", "there is no such action");
  const today = dayOf(context.now);
  const wanted = { kind: "hints", action: id, purpose: null, from: today, to: today } as const;
  const job = await startExport(context, wanted, session.role);
  return seeOther(`${LISTS}/${job.id}`);
});

const EVENTS = { kind: "events" } as const;
const PEOPLE = { kind: "people" } as const;
const TABLE = { kind: "people", format: "csv" } as const;

async function dataScreen(
  visit: Visit,
  { typed, error }: Partial<Pick<DataPageProps, "typed" | "error">> = {},
): Promise<Response> {
  const { context, session } = visit;
  const { now } = context;
  const [policy, jobs, files] = await Promise.all([
    context.policy(),
    jobsOf(context, false),
    context.exports ? filesState(context.exports, now) : null,
  ]);
  const usual = {
    kind: "events",
    purpose: "",
    from: dayName(dayOf(now - (USUAL_DAYS - 1) * DAY_MS)),
    to: dayName(dayOf(now)),
  };
  const props = { session, policy, jobs, files, now, typed: typed ?? usual, error };
  return screen(visit, "Data out", <DataPage {...props} />, error ? 422 : 200);
}

const getData = page("officer", (visit) => dataScreen(visit));

const postData = action("officer", async (visit, form) => {
  const { context, session } = visit;
  const text = (name: string): string => form.get(name) ?? "";
  const typed = {
    kind: text("kind"),
    purpose: text("purpose"),
    from: text("from"),
    to: text("to"),
  };
  const [from, to] = [dayNamed(typed.from), dayNamed(typed.to)];
  if (from === null || to === null || from > to) {
    const message = "Choose days, the first no later than the last.";
    return dataScreen(visit, { typed, error: { name: "from", message } });
  }
  if (!purposesOf(await context.policy()).includes(typed.purpose))
    throw new Problem("invalid", "there is no such purpose", { path: "purpose" });
  const what = typed.kind === "events" ? EVENTS : typed.kind === PEOPLE_TABLE ? TABLE : PEOPLE;
  const wanted = { ...what, action: null, purpose: typed.purpose, from, to } as const;
  const job = await startExport(context, wanted, session.role);
  return seeOther(`${DATA}/${job.id}`);
});

export const exportRoutes: readonly Route[] = [
  ["GET", LISTS, getLists],
  ["POST", LISTS, postList],
  ["GET", `${LISTS}/:id`, getList],
  ["GET", `${LISTS}/:id/file.csv`, getListFile],
  ["GET", DATA, getData],
  ["POST", DATA, postData],
  ["GET", `${DATA}/:id`, getExport],
  ["GET", `${DATA}/:id/file.ndjson`, exportFile("ndjson")],
  ["GET", `${DATA}/:id/file.csv`, exportFile("csv")],
];
