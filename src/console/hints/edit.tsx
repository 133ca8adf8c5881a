/** Making and changing an action: `new` and `{id}/edit`. */
import type { Action } from "../../domain/action/catalogue.ts";
import { sentence } from "../../domain/action/conditions.ts";
import { labelOf } from "../../domain/consent/notice.ts";
import { namesNow, openingsOf } from "../../domain/consent/openings.ts";
import { NECESSARY } from "../../domain/consent/purposes.ts";
import { Problem } from "../../domain/problem.ts";
import { actionAt, actionIn, saveAction } from "../../http/api/action.ts";
import { catalogueInForce } from "../../http/api/actions.ts";
import { personsOf } from "../../http/api/hint-lines.ts";
import { asked } from "../../http/api/input.ts";
import { ASKED, ASKED_MOST, matchesOf } from "../../http/api/matches.ts";
import { isAbout } from "../../http/audit.ts";
import type { Context } from "../../http/context.ts";
import { seeOther } from "../../http/respond.ts";
import { latestSetting } from "../../d1/settings.ts";
import { action as form, page, screen, type Visit } from "../page.tsx";
import { changed, type Draft, draftIn, draftOf, EMPTY, errorsIn, readDraft } from "./draft.ts";
import { EditorPage, type EditorProps, type Look } from "./editor.tsx";

/** Whom it would reach as it stands in the form. */
const lookAt = async (context: Context, action: Action, people: number): Promise<Look> => ({
  sentence: sentence(action.conditions),
  matches: await matchesOf(context, action, { people }),
});

type Parts = Pick<EditorProps, "draft" | "id" | "version"> &
  Partial<Pick<EditorProps, "errors" | "conflict">>;

/** A page comes at once; whoever asks, or changes something, waits a little for more. */
const peopleFor = ({ method }: Request): number => (method === "POST" ? ASKED_MOST : ASKED);

/** The form again, with what the draft would do as far as it can be read. */
async function editor(visit: Visit, parts: Parts, status = 200): Promise<Response> {
  const { context, session } = visit;
  const { draft, id, errors = [], conflict = null } = parts;
  const [policy, read] = [await context.policy(), readDraft(draft)];
  const purposes = policy.purposes
    .filter(({ id, switchesOn }) => id !== NECESSARY && !switchesOn.includes("hints"))
    .map(({ id }) => ({ id, label: labelOf(policy, id) }));
  const look = read.ok ? await lookAt(context, read.action, peopleFor(visit.request)) : null;
  isAbout(visit.request, personsOf(look?.matches.lines ?? []));
  const title = id === null ? "New action" : "Edit an action";
  const { origin } = new URL(visit.request.url);
  const props = { ...parts, session, purposes, look, errors, origin, conflict };
  return screen(visit, title, <EditorPage {...props} />, status);
}

export const getNewAction = page("marketer", async (visit) => {
  const catalogue = await catalogueInForce(visit.context.db);
  const like = actionIn(catalogue, asked(visit.request, "like") ?? "");
  const draft = like ? copied(draftOf(like)) : EMPTY;
  return editor(visit, { draft, id: null, version: catalogue.version });
});

const copied = (draft: Draft): Draft => ({
  ...draft,
  texts: { ...draft.texts, id: "", label: `${draft.texts.label} (copy)` },
});

/** @throws Problem `not_found` */
export async function actionOf({ request, context }: Visit) {
  const catalogue = await catalogueInForce(context.db);
  const action = actionIn(catalogue, request.params["id"] ?? "");
  if (!action) throw new Problem("not_found", "there is no such action");
  return { catalogue, action };
}

export const getEditAction = page("marketer", async (visit) => {
  const { catalogue, action } = await actionOf(visit);
  return editor(visit, { draft: draftOf(action), id: action.id, version: catalogue.version });
});

export const versionIn = (sent: URLSearchParams): number => {
  const version = Number(sent.get("version"));
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new Problem("bad_request", "the form doesn't say which version it changes");
};

async function submitted(
  visit: Visit,
  sent: URLSearchParams,
  id: string | null,
): Promise<Response> {
  const { context, session } = visit;
  const version = versionIn(sent);
  if (id !== null && !(await actionAt(context.db, version, id)))
    throw new Problem("not_found", "there is no such action");
  const held = changed(draftIn(sent), sent);
  const draft = id === null ? held : { ...held, texts: { ...held.texts, id } };
  const back = { draft, id, version };
  if (sent.get("do") !== "save") return editor(visit, back);
  const read = readDraft(draft);
  if (!read.ok) return editor(visit, { ...back, errors: read.errors }, 422);
  const { purposes } = await context.policy();
  const openings = openingsOf({ purposes });
  const action = { ...read.action, purposes: namesNow(openings, read.action.purposes) };
  const errors = errorsIn(
    action,
    purposes.map((purpose) => purpose.id),
    draft.rows,
  );
  if (errors.length > 0) return editor(visit, { ...back, errors }, 422);
  if (id === null && (await isTaken(context, action.id))) {
    const message = "Another action or page has this id";
    return editor(visit, { ...back, errors: [{ name: "id", message }] }, 422);
  }
  try {
    await saveAction(context, { version, id: action.id, action }, session.role);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
    return conflicting(visit, back, action);
  }
  return seeOther(`/_u/console/actions/${action.id}?saved=yes`);
}

/** As it is read by people who compare. */
const written = (action: Action | null): string =>
  action === null ? "(taken out)" : JSON.stringify(action, null, 2);

async function conflicting(visit: Visit, back: Parts, mine: Action): Promise<Response> {
  const { db } = visit.context;
  const newest = await latestSetting(db, "catalogue");
  const version = newest?.version ?? 1;
  const theirs = await actionAt(db, version, mine.id);
  const conflict = {
    theirs: written(theirs),
    mine: written(mine),
    by: newest?.author ?? "usher",
  };
  return editor(visit, { ...back, version, conflict }, 409);
}

/** Pages of the console beside those of actions. */
const PAGES = ["new", "versions"];

const isTaken = async ({ db }: Context, id: string): Promise<boolean> =>
  PAGES.includes(id) || actionIn(await catalogueInForce(db), id) !== null;

export const postNewAction = form("marketer", (visit, sent) => submitted(visit, sent, null));

export const postEditAction = form("marketer", (visit, sent) =>
  submitted(visit, sent, visit.request.params["id"] ?? ""),
);
