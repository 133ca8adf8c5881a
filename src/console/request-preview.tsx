/** Before a request is made: whom it covers, who may be the same human, and what would go or be handed over. */
import { isVisitorId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import type { RequestKind } from "../domain/request.ts";
import { openRequest, previewRequest } from "../http/api/requests.ts";
import { isAbout } from "../http/audit.ts";
import { seeOther } from "../http/respond.ts";
import type { Session } from "../http/session.ts";
import type { Removed } from "../privacy/requests.ts";
import type { Scope } from "../privacy/scope.ts";
import { count } from "./numbers.ts";
import { action, screen } from "./page.tsx";
import { Empty, FormToken, Notice, Section, Title } from "./parts.tsx";
import { KIND_WORDS, REQUESTS, Stores } from "./request-words.tsx";
import { requestsScreen } from "./requests.tsx";

export interface PreviewPageProps {
  session: Session;
  kind: RequestKind;
  /** `email:jane@example.org` */
  identifier: string;
  scope: Scope;
  held: Removed;
  /** Visitors that the officer included. */
  decided: readonly string[];
  /** A random name, by which the form makes one request however often it is sent. */
  once: string;
}

const Hidden = ({ session, kind, identifier }: PreviewPageProps) => (
  <>
    <FormToken session={session} />
    <input type="hidden" name="kind" value={kind} />
    <input type="hidden" name="identifier" value={identifier} />
  </>
);

export const PreviewPage = (props: PreviewPageProps) => {
  const { kind, identifier, scope, held } = props;
  const isNobody = scope.visitors.length === 0;
  return (
    <>
      <Title name={`${KIND_WORDS[kind]}: whom it covers`} />
      <p>
        By <strong>{identifier}</strong>. Nothing has happened yet.
      </p>
      {isNobody ? (
        <Empty title="Nobody is proved to be this person">
          <p>
            {scope.maybe.length === 0
              ? "Nobody said this identifier. To have that on record, make the request all the same."
              : "Some said the identifier, and nothing proves it was theirs. It is for you to decide."}
          </p>
        </Empty>
      ) : (
        <Section
          title={kind === "erase" ? "What would be removed" : "What would be handed over"}
          id="held"
        >
          <p>
            {count(scope.visitors.length, "visitor is", "visitors are")} proved to be this person:{" "}
            {scope.visitors.map((visitor, at) => (
              <>
                {at > 0 && ", "}
                <a href={`/_u/console/people/${visitor}`}>
                  <code>{visitor.slice(0, 8)}</code>
                </a>
              </>
            ))}
          </p>
          <Stores of={held} caption="What there is" />
        </Section>
      )}
      <Maybe {...props} />
      {kind === "erase" && !isNobody && (
        <Notice tone="danger">
          <p>
            <strong>An erasure can't be taken back.</strong> It begins at once, in every store, and
            is applied again to whatever is restored from a backup.
          </p>
        </Notice>
      )}
      <form method="post" action={REQUESTS} class="actions">
        <Hidden {...props} />
        <input type="hidden" name="once" value={props.once} />
        {props.decided.map((visitor) => (
          <input type="hidden" name="visitor" value={visitor} />
        ))}
        <button type="submit" class={kind === "erase" && !isNobody ? "danger" : undefined}>
          {isNobody
            ? "Make the request all the same"
            : kind === "erase"
              ? "Erase for good"
              : "Make the export"}
        </button>
        <a href={REQUESTS}>Do nothing</a>
      </form>
    </>
  );
};

const Maybe = (props: PreviewPageProps) => {
  const { scope, decided } = props;
  if (scope.maybe.length === 0 && decided.length === 0) return null;
  return (
    <Section title="Who may be the same human" id="maybe">
      <p class="prose">
        A browser can say any address, so they are left out unless you have found out that they are
        this person.
      </p>
      <form method="post" action={`${REQUESTS}/preview`} class="stack">
        <Hidden {...props} />
        <fieldset>
          <legend>Include</legend>
          {[
            ...decided.map((visitor) => ({ visitor, because: "included by you" })),
            ...scope.maybe,
          ].map(({ visitor, because }) => (
            <label class="check" for={visitor}>
              <input
                type="checkbox"
                id={visitor}
                name="visitor"
                value={visitor}
                checked={decided.includes(visitor)}
              />
              <span>
                <code>{visitor.slice(0, 8)}</code> <span class="soft">{because}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <button type="submit" class="quiet">
          Look again with these
        </button>
      </form>
    </Section>
  );
};

function readForm(form: URLSearchParams) {
  const kind: RequestKind = form.get("kind") === "erase" ? "erase" : "export";
  const text = (form.get("identifier") ?? "").trim();
  const of = form.get("of") ?? "";
  const identifier = of === "" || text.startsWith(`${of}:`) ? text : `${of}:${text}`;
  return { kind, of, text, identifier, decided: form.getAll("visitor").filter(isVisitorId) };
}

export const postPreview = action("officer", async (visit, form) => {
  const { context, request, session } = visit;
  const { kind, of, text, identifier, decided } = readForm(form);
  try {
    const { scope, held } = await previewRequest(context, identifier, decided);
    isAbout(request, scope.visitors);
    const once = crypto.randomUUID();
    const props = { session, kind, identifier, scope, held, decided, once };
    return screen(visit, "Whom it covers", <PreviewPage {...props} />);
  } catch (error) {
    if (!(error instanceof Problem) || error.path !== "identifier") throw error;
    const message = of === "" ? error.message : "This isn't one of that kind.";
    return requestsScreen(visit, { kind, of, identifier: text, error: message });
  }
});

export const postRequestPage = action("officer", async ({ request, context, session }, form) => {
  const { kind, identifier, decided: visitors } = readForm(form);
  const once = form.get("once")?.slice(0, 64);
  const made = await openRequest(context, { kind, identifier, visitors }, session.role, once);
  isAbout(request, [made.id, ...made.visitors]);
  return seeOther(`${REQUESTS}/${made.id}`);
});
