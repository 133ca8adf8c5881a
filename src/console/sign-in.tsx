/** Coming in with a role's token, and going out. */
import { roleOf } from "../http/auth.ts";
import type { Handler } from "../http/context.ts";
import { Problem } from "../domain/problem.ts";
import { failure, seeOther } from "../http/respond.ts";
import { beginSession, endSession, readSession, requireSameOrigin } from "../http/session.ts";
import { readForm } from "./form.ts";
import { action, screen } from "./page.tsx";

const HOME = "/_u/console/";

/** Only back into the console: a link must not lead elsewhere through our sign-in. */
function destination(to: string | null): string {
  if (to === null || !to.startsWith(HOME)) return HOME;
  const { pathname, search } = new URL(to, "https://console.invalid");
  return pathname.startsWith(HOME) ? pathname + search : HOME;
}

const SignIn = ({ to, wrong }: { to: string; wrong: boolean }) => (
  <form class="card narrow" method="post" action="/_u/console/sign-in">
    <h1>Sign in</h1>
    <input type="hidden" name="to" value={to} />
    <label for="token">Your token</label>
    <input
      id="token"
      name="token"
      type="password"
      autocomplete="current-password"
      required
      autofocus
      aria-describedby="token-help"
      aria-invalid={wrong ? "true" : undefined}
    />
    {wrong && (
      <p class="alert" role="alert">
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

export const getSignIn: Handler = async (request, context) => {
  const to = destination(new URL(request.url).searchParams.get("to"));
  if (await readSession(request, context.config, context.now)) return seeOther(to);
  const visit = { request, context, session: null };
  return screen(visit, "Sign in", <SignIn to={to} wrong={false} />);
};

export const postSignIn: Handler = async (request, context) => {
  try {
    requireSameOrigin(request);
    const form = await readForm(request);
    const to = destination(form.get("to"));
    const role = await roleOf((form.get("token") ?? "").trim(), context.config);
    if (role === null) {
      const visit = { request, context, session: null };
      return screen(visit, "Sign in", <SignIn to={to} wrong />, 401);
    }
    const cookie = await beginSession(request, context.config, role, context.now);
    return seeOther(to, { "set-cookie": cookie });
  } catch (error) {
    if (error instanceof Problem) return failure(error);
    throw error;
  }
};

export const postSignOut = action("either", async ({ request }) =>
  seeOther("/_u/console/sign-in", { "set-cookie": endSession(request) }),
);
