/** The reader's own session, and the end of all sessions of their role: for a token or a computer that got into other hands. */
import { renewedAt } from "../d1/sessions.ts";
import type { Millis } from "../domain/ids.ts";
import { iso } from "../http/api/input.ts";
import { seeOther } from "../http/respond.ts";
import { endAllSessions, endSession, type Session } from "../http/session.ts";
import { action, page, screen } from "./page.tsx";
import { FormToken, Section, Time, Title } from "./parts.tsx";

export const SESSION = "/_u/console/session";

export interface SessionPageProps {
  session: Session;
  /** When all sessions of this role were last ended; null when nobody did. */
  endedAt: Millis | null;
  /** Cloudflare Access signs people in and out. */
  access: boolean;
}

const AccessSession = () => (
  <Section title="Sign out" id="out">
    <p>
      Cloudflare Access signed you in. It ends your session, here and in all its applications; who
      runs your Access can end those of everybody.
    </p>
    <p>
      <a class="button" href="/cdn-cgi/access/logout">
        Sign out of Cloudflare Access
      </a>
    </p>
  </Section>
);

const Everywhere = ({ session, endedAt }: SessionPageProps) => (
  <Section title="Sign out everywhere" id="everywhere">
    <p class="prose">
      Ends every session that was begun with the {session.role}'s token, in whatever browser, at
      once. Others who use that token have to sign in again, and so do you.
    </p>
    <p class="prose soft">
      Whoever has the token can sign in again with it. If it got into other hands, have it replaced,
      too: that ends all its sessions as well.
    </p>
    {endedAt !== null && (
      <p class="soft">
        Last done <Time at={iso(endedAt)} />.
      </p>
    )}
    <form method="post" action={`${SESSION}/end`} class="actions">
      <FormToken session={session} />
      <button type="submit" class="danger">
        Sign out everywhere
      </button>
    </form>
  </Section>
);

export const SessionPage = (props: SessionPageProps) => {
  const { session, access } = props;
  return (
    <>
      <Title name="Your session" />
      <p>
        You are signed in as {session.role}
        {session.until !== null && (
          <>
            , until <Time at={iso(session.until)} /> at the latest
          </>
        )}
        .
      </p>
      {access ? (
        <AccessSession />
      ) : (
        <>
          <Section title="Sign out here" id="out">
            <p>Ends the session in this browser.</p>
            <form method="post" action="/_u/console/sign-out" class="actions">
              <FormToken session={session} />
              <button type="submit" class="quiet">
                Sign out here
              </button>
            </form>
          </Section>
          <Everywhere {...props} />
        </>
      )}
    </>
  );
};

export const getSessionPage = page("either", async (visit) => {
  const { context, session } = visit;
  const endedAt = await renewedAt(context.db, session.role);
  const access = context.config.access !== undefined;
  return screen(visit, "Your session", <SessionPage {...{ session, endedAt, access }} />);
});

export const postSessionEnd = action("either", async ({ request, context, session }) => {
  await endAllSessions(context, session.role);
  // An open line of the live view asks for no session again. Should closing them fail, they end within the hour.
  await context.live?.close().catch(() => undefined);
  return seeOther("/_u/console/sign-in", { "set-cookie": endSession(request) });
});
