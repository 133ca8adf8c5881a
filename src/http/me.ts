/**
 * `/_u/me`: the visitor's own page. A cookie proves a browser, not a person: another device's data is in it only where
 * verified evidence, or a human's decision, ties both. Works without script.
 */
import { namesOf } from "../domain/consent/openings.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { h } from "preact";
import type { ChoiceRequest } from "../domain/consent/choice.ts";
import { deniedElsewhere } from "../domain/consent/gate.ts";
import { pickLanguage } from "../domain/consent/notice.ts";
import { Problem } from "../domain/problem.ts";
import { readForm } from "../console/form.ts";
import { exportOf } from "../privacy/export.ts";
import { portraitOf } from "../privacy/portrait.ts";
import { scopeOfVisitor } from "../privacy/scope.ts";
import { eraseOwn } from "../privacy/withdrawal.ts";
import type { Services } from "./collect/services.ts";
import { takeChoice, withCookies } from "./consent.ts";
import type { Call, Config } from "./context.ts";
import { refusedElsewhere } from "./elsewhere.ts";
import { framed } from "./me/frame.tsx";
import { Erased, Me, type MePage } from "./me/page.tsx";
import { wordsIn } from "./me/words.ts";
import { isForeignRead } from "./origin.ts";
import { json, seeOther } from "./respond.ts";
import { gate, readVisit, type Visit } from "./visit.ts";

/** @throws Problem `forbidden_origin` */
export async function getMe(request: Call, services: Services): Promise<Response> {
  requireReader(request, services.config);
  const visit = await readVisit(request, services);
  const { searchParams } = new URL(request.url);
  const said = searchParams.has("saved")
    ? "saved"
    : searchParams.has("unconfirmed")
      ? "unconfirmed"
      : null;
  const { language, lang, words } = speech(request, visit);
  const { cookie } = visit;
  const here = gate(visit, services.now);
  const [portrait, refused] = await Promise.all([
    cookie && portraitOf(services, cookie.visitor, cookie.home),
    refusedElsewhere(visit, services, here),
  ]);
  const page: MePage = {
    lang,
    words,
    language,
    policy: visit.policy,
    result: deniedElsewhere(here, refused),
    portrait,
    said,
  };
  return framed({ lang, title: words.title, site: services.config.siteName }, h(Me, page));
}

/** The form's side of `POST /_u/consent`. @throws Problem `forbidden_origin` */
export async function postMyChoice(request: Call, services: Services): Promise<Response> {
  requireOwnForm(request);
  const form = await readForm(request);
  const { purposes } = await services.policy();
  const { cookies } = await takeChoice(
    request,
    services,
    choiceIn(form, purposes),
    "own-data-page",
  );
  return withCookies(seeOther("/_u/me?saved"), cookies);
}

function choiceIn(form: URLSearchParams, purposes: Policy["purposes"]): ChoiceRequest {
  const accept = form.get("accept");
  const version = form.get("policy") ?? "";
  const shown = /^[1-9]\d{0,8}$/.test(version) ? { policy: Number(version) } : {};
  if (accept === "all" || accept === "none") return { accept, ...shown };
  const ticked = new Set(form.getAll("purpose"));
  return {
    ...shown,
    choices: Object.fromEntries(
      purposes
        .filter(({ required }) => !required)
        // The page may be from before a purpose was renamed.
        .map((purpose) => [purpose.id, namesOf(purpose).some((name) => ticked.has(name))]),
    ),
    ...(form.get("override") === "gpc"
      ? { override: ["gpc"] }
      : // The box was there, and isn't ticked.
        form.has("overrides") && { override: [] }),
  };
}

/** Everything held, as a file. @throws Problem `forbidden_origin`; `not_found` where nothing is known. */
export async function getMyExport(request: Call, services: Services): Promise<Response> {
  requireReader(request, services.config);
  const { cookie } = await readVisit(request, services);
  const scope = cookie && (await scopeOfVisitor(services, cookie.visitor));
  if (!scope || scope.visitors.length === 0)
    throw new Problem("not_found", "Nothing is recorded under this browser.");
  return json(await exportOf(services, scope, services.now, await services.policy()), 200, {
    "content-disposition": 'attachment; filename="my-data.json"',
  });
}

/** Erases, and ends consent: without a new yes nothing is recorded of whoever comes next. @throws Problem `forbidden_origin` */
export async function postMyErasure(request: Call, services: Services): Promise<Response> {
  requireOwnForm(request);
  const form = await readForm(request);
  if (form.get("confirm") !== "yes") return seeOther("/_u/me?unconfirmed");
  const before = await readVisit(request, services);
  const erased = before.cookie && (await eraseOwn(services, before.cookie.visitor, services.now));
  // The cookie stands for nobody any more: this only writes the refusal and expires it.
  const { cookies } = await takeChoice(request, services, { accept: "none" }, "own-data-page");
  const { lang, words } = speech(request, before);
  const answer = framed(
    { lang, title: words.erased, site: services.config.siteName },
    h(Erased, {
      words,
      reference: erased?.id ?? "–",
      done: erased === null || erased.state === "done",
    }),
  );
  return withCookies(answer, cookies);
}

function speech(request: Request, { policy }: Visit) {
  const language = pickLanguage(policy, request.headers.get("accept-language"));
  return { language, ...wordsIn(policy, language) };
}

/** Forms come from our own pages: not even the site's other hosts may send them. */
function requireOwnForm(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const own = site === null ? origin === new URL(request.url).origin : site === "same-origin";
  if (!own) throw new Problem("forbidden_origin", "This form wasn't sent from its own page.");
}

/**
 * Somebody who goes there, or a page of this very host; scripts of other hosts don't read it. Browsers say the site with the
 * mode: what says no site is a program, which isn't led there by somebody else's page.
 */
function requireReader(request: Request, config: Config): void {
  const mode = request.headers.get("sec-fetch-mode");
  const site = request.headers.get("sec-fetch-site");
  if (mode === "navigate" || site === "same-origin") return;
  if (site === null && !isForeignRead(request, config)) return;
  throw new Problem("forbidden_origin", "This page is for the visitor, not for other sites.");
}
