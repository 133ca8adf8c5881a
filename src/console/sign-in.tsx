/** Coming in with a role's token, and going out. */
import { roleOf } from "../http/auth.ts";
import type { Handler } from "../http/context.ts";
import { requireAttempt, SIGN_IN, wrongAttempt } from "../http/attempts.ts";
import { record } from "../http/audit.ts";
import { seeOther } from "../http/respond.ts";
import { beginSession, endSession, readSession, requireSameOrigin } from "../http/session.ts";
import { readForm } from "./form.ts";
import { action, apology, screen } from "./page.tsx";
import { Notice } from "./parts.tsx";

/** Bytes: a token, and where to go. Strangers send this form. */
const FORM_MAX = 8 * 1024;
const HOME = "/_u/console/";

/** Only back into the console: a link must not lead elsewhere through our sign-in. */
function destination(to: string | null): string {
  if (to === null || !to.startsWith(HOME)) return HOME;
  const { pathname, search } = new URL(to, "https://console.invalid");
  return pathname.startsWith(HOME) ? pathname + search : HOME;
}

export const SignIn = ({
  to,
  wrong,
  undone = false,
}: {
  to: string;
  wrong: boolean;
  /** A form was sent when the session was over. */
  undone?: boolean;
}) => (
  <form class="card narrow" method="post" action="/_u/console/sign-in">
    <h1>Sign in</h1>
    {undone && (
      <Notice tone="note">
        <p>Your session had ended, so what you sent wasn't done. Sign in and send it again.</p>
      </Notice>
    )}
    <input type="hidden" name="to" value={to} />
    <label for="token">Your token</label>
    <input
      id="token"
      name="token"
      type="password"
      autocomplete="current-password"
      required
      autofocus
      aria-describedby={wrong ? "token-error token-help" : "token-help"}
      aria-invalid={wrong ? "true" : undefined}
    />
    {wrong && (
      <p id="token-error" class="alert" role="alert">
        This isn't a token of this site. Copy it again, without spaces around it.
      </p>
    )}
    <p id="token-help" class="soft">
      Each role has its own: <code>OWNER_TOKEN</code>, <code>OFFICER_TOKEN</code> or{" "}
      <code>MARKETER_TOKEN</code>, printed at the start or given to you by whoever runs this site.
    </p>
    <button type="submit">Sign in</button>
  </form>
);

/** Behind Cloudflare Access nobody types a token: who is here without a role has none. */
export const NoRole = () => (
  <div class="card narrow">
    <h1>No role here</h1>
    <p>
      You came through Cloudflare Access, and your account has no role in this console. Whoever runs
      this site gives roles in the variable <code>ACCESS_ROLES</code>.
    </p>
    <p>
      <a href="/cdn-cgi/access/logout">Sign out of Cloudflare Access</a>
    </p>
  </div>
);

export const getSignIn: Handler = async (request, context) => {
  const visit = { request, context, session: null };
  try {
    const { searchParams } = new URL(request.url);
    const to = destination(searchParams.get("to"));
    if (await readSession(request, context)) return seeOther(to);
    if (context.config.access) return screen(visit, "No role here", <NoRole />, 403);
    return screen(
      visit,
      "Sign in",
      <SignIn to={to} wrong={false} undone={searchParams.has("undone")} />,
    );
  } catch (error) {
    return apology(visit, error);
  }
};

export const postSignIn: Handler = async (request, context) => {
  const visit = { request, context, session: null };
  try {
    requireSameOrigin(request);
    if (context.config.access) return screen(visit, "No role here", <NoRole />, 403);
    const form = await readForm(request, FORM_MAX);
    const to = destination(form.get("to"));
    await requireAttempt(request, context);
    const role = await roleOf((form.get("token") ?? "").trim(), context.config);
    if (role === null) {
      await wrongAttempt(request, context);
      return screen(visit, "Sign in", <SignIn to={to} wrong />, 401);
    }
    const { cookie, subject } = await beginSession(request, context, role);
    const actor = { via: "console", role, subject } as const;
    await record(context, { actor, act: SIGN_IN, whose: [], outcome: 303 });
    return seeOther(to, { "set-cookie": cookie });
  } catch (error) {
    return apology(visit, error);
  }
};

/** A form may not lead elsewhere (`form-action`), so the way out of Access is a link. */
const AccessSignOut = () => (
  <div class="card narrow">
    <h1>One step more</h1>
    <p>You are signed in by Cloudflare Access, which ends the session for all its applications.</p>
    <p>
      <a class="button" href="/cdn-cgi/access/logout">
        Sign out of Cloudflare Access
      </a>
    </p>
  </div>
);

export const postSignOut = action("either", async (visit) =>
  visit.context.config.access
    ? screen(visit, "Sign out", <AccessSignOut />)
    : seeOther("/_u/console/sign-in", { "set-cookie": endSession(visit.request) }),
);
