/** The pages of imports. */
import { approveOrigin, listOrigins, withdrawOrigin } from "../../d1/imports.ts";
import { Problem } from "../../domain/problem.ts";
import type { Call, Route } from "../../http/context.ts";
import { FILE_MAX, listImports, lookAtImport, startImport } from "../../http/import/jobs.ts";
import { KINDS } from "../../http/import/run.ts";
import { readCountry, readOrigin, requireOriginName } from "../../http/import.ts";
import { seeOther } from "../../http/respond.ts";
import { requireFormToken, requireSameOrigin } from "../../http/session.ts";
import { action, page, screen, type Visit } from "../page.tsx";
import type { Entered } from "./form.tsx";
import { JobPage } from "./job.tsx";
import { ImportPage } from "./list.tsx";
import { IMPORT } from "./words.ts";

async function show(visit: Visit, entered?: Entered): Promise<Response> {
  const { context, session } = visit;
  const [jobs, origins] = await Promise.all([listImports(context), listOrigins(context.db)]);
  return screen(
    visit,
    "Import",
    <ImportPage session={session} jobs={jobs} origins={origins} entered={entered} />,
    entered ? 422 : 200,
  );
}

const getImport = page("either", (visit) => show(visit));

const getJob = page("either", async (visit) => {
  const job = await lookAtImport(visit.context, visit.request.params["id"] ?? "");
  return screen(visit, job.name, <JobPage job={job} />);
});

const postImportPage = page("marketer", async (visit) => {
  const { request, context, session } = visit;
  requireSameOrigin(request);
  const form = await readUpload(request);
  const typed = (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const word = (name: string): string => typed(name).trim();
  await requireFormToken(word("form"), session);
  const entered = {
    kind: word("kind"),
    origin: word("origin"),
    country: word("country"),
    text: typed("text"),
  };
  try {
    const kind = KINDS.find((each) => each === entered.kind);
    if (!kind) throw new Problem("invalid", "choose one of the three", { path: "kind" });
    const origin = readOrigin(entered.origin);
    const country = await readCountry(entered.country === "" ? undefined : entered.country);
    const file = await fileIn(form);
    const job = await startImport(context, { kind, origin, country }, file, session.role);
    return seeOther(`${IMPORT}/${job.id}`);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "invalid") throw error;
    const name = error.path ?? "file";
    return show(visit, { ...entered, error: { name, message: error.message } });
  }
});

/** Room for the form's other fields. */
const FIELDS_MAX = 64 * 1024;

/** @throws Problem `too_large`, `bad_request` */
async function readUpload(request: Call): Promise<FormData> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= FILE_MAX + FIELDS_MAX))
    throw new Problem("too_large", `A file holds at most ${FILE_MAX / 1024 / 1024} MB.`);
  try {
    return await request.formData();
  } catch {
    throw new Problem("bad_request", "The form can't be read.");
  }
}

/** @throws Problem `invalid` at `file` */
async function fileIn(form: FormData): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const [file, text] = [form.get("file"), form.get("text")];
  if (file !== null && typeof file !== "string" && file.size > 0)
    return { name: file.name || "file", bytes: new Uint8Array(await file.arrayBuffer()) };
  if (typeof text === "string" && text.trim() !== "")
    return { name: "Pasted text", bytes: new TextEncoder().encode(text) };
  throw new Problem("invalid", "choose a file, or paste its text", { path: "file" });
}

const postApprovalPage = action("officer", async ({ context, session }, form) => {
  const origin = requireOriginName(form.get("origin"));
  await approveOrigin(context.db, origin, session.role, context.now);
  return seeOther(IMPORT);
});

const postWithdrawalPage = action("officer", async ({ context, session }, form) => {
  const origin = requireOriginName(form.get("origin"));
  await withdrawOrigin(context.db, origin, session.role, context.now);
  return seeOther(IMPORT);
});

export const importRoutes: readonly Route[] = [
  ["GET", "/_u/console/import", getImport],
  ["POST", "/_u/console/import", postImportPage],
  ["POST", "/_u/console/import/approve", postApprovalPage],
  ["POST", "/_u/console/import/withdraw", postWithdrawalPage],
  ["GET", "/_u/console/import/:id", getJob],
];
