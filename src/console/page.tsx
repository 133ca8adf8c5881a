/** How a page of the console is answered: who is signed in, may they, and what to say when something went wrong. */
import type { ComponentChildren } from "preact";
import { Problem } from "../domain/problem.ts";
import { mayDo, type Needed } from "../http/auth.ts";
import { actsAs } from "../http/audit.ts";
import type { Call, Context, Handler } from "../http/context.ts";
import { html, retryHeaders, seeOther, statusOf } from "../http/respond.ts";
import { readSession, requireFormToken, requireSameOrigin, type Session } from "../http/session.ts";
import { Told } from "./done.tsx";
import { readForm } from "./form.ts";
import { renderPage } from "./layout.tsx";
import { sentence } from "./words.ts";

export interface Visit {
  request: Call;
  context: Context;
  session: Session;
}

/** 422: a form came back, which is the first that is heard of the page. */
export function screen(
  visit: Onlooker,
  title: string,
  body: ComponentChildren,
  status = 200,
): Response {
  const told = (
    <>
      <Told request={visit.request} />
      {body}
    </>
  );
  return answer(visit, status === 422 ? `To be mended: ${title}` : title, told, status);
}

function answer(
  { request, context, session }: Onlooker,
  title: string,
  body: ComponentChildren,
  status: number,
  headers: Record<string, string> = {},
): Response {
  const { pathname: path } = new URL(request.url);
  const { siteName } = context.config;
  return html(renderPage({ title, siteName, session, path }, body), status, headers);
}

/** A page for signed-in people; others are sent to sign in first, and come back. */
export const page =
  (needed: Needed, answer: (visit: Visit) => Promise<Response>): Handler =>
  async (request, context) => {
    let session: Session | null = null;
    try {
      session = await readSession(request, context);
      if (session === null) return signInFirst(request);
      const { role, subject } = session;
      actsAs(request, { via: "console", role, subject });
      requirePlace(session, needed);
      return await answer({ request, context, session });
    } catch (error) {
      return apology({ request, context, session }, error);
    }
  };

/** Where the console has no page: an address that was mistyped, or cut off in a mail. */
export const getNowhere = page("either", () =>
  Promise.reject(new Problem("not_found", "There is no such page; the menu has all there are.")),
);

/** What a form of the console sends: from our own pages, in this session, by somebody who may. */
export const action = (
  needed: Needed,
  answer: (visit: Visit, form: URLSearchParams) => Promise<Response>,
): Handler =>
  page(needed, async (visit) => {
    requireSameOrigin(visit.request);
    const form = await readForm(visit.request);
    await requireFormToken(form.get("form"), visit.session);
    return answer(visit, form);
  });

const SIGN_OUT = "/_u/console/sign-out";

/** What was sent without a session isn't done, and the sign-in says so. */
function signInFirst(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  const asked =
    request.method === "GET"
      ? { to: pathname + search }
      : { to: "/_u/console/", ...(pathname === SIGN_OUT ? {} : { undone: "1" }) };
  return seeOther(`/_u/console/sign-in?${new URLSearchParams(asked)}`);
}

function requirePlace(session: Session, needed: Needed): void {
  if (mayDo(session.role, needed)) return;
  throw new Problem(
    "forbidden",
    `This page is for the ${needed}. You are signed in as ${session.role}.`,
  );
}

const HEADLINES: Readonly<Record<number, string>> = {
  403: "Not yours to see",
  404: "Not here",
  409: "Refused",
  413: "Too much at once",
  422: "That can't be read",
  429: "Too often",
  503: "One moment",
};

/** What stands where a page can't. */
export const Sorry = ({
  title,
  words,
  signedIn,
  isForm = false,
  plain,
}: {
  title: string;
  words: string;
  signedIn: boolean;
  /** A form was sent, which the browser still has. */
  isForm?: boolean;
  /** The page's own address, where it is what was asked of it that can't be. */
  plain?: string | undefined;
}) => (
  <div class="empty">
    <h1>{title}</h1>
    <p>{words}</p>
    {isForm && signedIn && <p>Go back in your browser to find the form as you left it.</p>}
    <p>
      {signedIn && plain !== undefined ? (
        <a href={plain}>Open the page without it</a>
      ) : signedIn ? (
        <a href="/_u/console/people">Back to people</a>
      ) : (
        <a href="/_u/console/sign-in">To the sign-in</a>
      )}
    </p>
  </div>
);

/** Whoever looks; nobody may be signed in. */
export type Onlooker = Omit<Visit, "session"> & { session: Session | null };

/** Of an error nobody foresaw the page tells nothing; the log does. */
export function apology(visit: Onlooker, error: unknown): Response {
  if (!(error instanceof Problem)) logFailure(error);
  const status = statusOf(error);
  const title = HEADLINES[status] ?? "That didn't work";
  const words = error instanceof Problem ? sentence(error.message) : "Something broke on our side.";
  const isForm = visit.request.method === "POST";
  const { pathname, search } = new URL(visit.request.url);
  const plain = !isForm && search !== "" && [400, 422].includes(status) ? pathname : undefined;
  const body = <Sorry {...{ title, words, isForm, plain }} signedIn={visit.session !== null} />;
  return answer(visit, title, body, status, retryHeaders(error));
}

/** Never the message: it may say whose page it was. */
function logFailure(error: unknown): void {
  const name = error instanceof Error ? error.name : "unknown";
  console.error(JSON.stringify({ message: "a page of the console failed", error: name }));
}
