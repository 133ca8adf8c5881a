/** One action: whom it is for in a sentence, its terms, how it looks, and who gets it now; and taking it out. */
import type { Action } from "../../domain/action/catalogue.ts";
import { sentence } from "../../domain/action/conditions.ts";
import { type ActionState, stateOf } from "../../domain/action/eligible.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { Problem } from "../../domain/problem.ts";
import { actionIn, saveAction } from "../../http/api/action.ts";
import { catalogueInForce } from "../../http/api/actions.ts";
import { personsOf } from "../../http/api/hint-lines.ts";
import { asked } from "../../http/api/input.ts";
import { type Matches, matchesOf } from "../../http/api/matches.ts";
import { isAbout } from "../../http/audit.ts";
import { seeOther } from "../../http/respond.ts";
import type { Session } from "../../http/session.ts";
import { action as form, page, screen, type Visit } from "../page.tsx";
import { Badge, FormToken, Notice, Pages, Section, Title } from "../parts.tsx";
import { actionOf, versionIn } from "./edit.tsx";
import { Preview } from "./preview.tsx";
import { MatchCounts, WhoGets } from "./who.tsx";
import { STATE_TONES, termsOf } from "./words.ts";

export interface ActionProps {
  session: Session;
  action: Action;
  version: number;
  state: ActionState;
  matches: Matches;
  /** Whether this is a later page. */
  later: boolean;
  saved: boolean;
  /** It was to be taken out, and isn't the one any more that was looked at. */
  kept: boolean;
  /** Where this page is: pictures from there are shown. */
  origin: string;
  policy: Policy;
}

const Remove = ({
  session,
  action,
  version,
}: Pick<ActionProps, "session" | "action" | "version">) => (
  <details>
    <summary>Take it out of the catalogue…</summary>
    <form method="post" action={`/_u/console/actions/${action.id}/remove`} class="actions">
      <FormToken session={session} />
      <input type="hidden" name="version" value={String(version)} />
      <p>
        Nobody gets it any more. What came of it stays in the reports, and older versions keep it.
      </p>
      <button type="submit" class="danger">
        Take it out
      </button>
    </form>
  </details>
);

export const ActionPage = (props: ActionProps) => {
  const { action, state, matches, later, saved, kept } = props;
  const { lines, cursor } = matches;
  const here = `/_u/console/actions/${action.id}`;
  return (
    <>
      <Title name={action.label}>
        <div class="actions">
          <Badge tone={STATE_TONES[state]}>{state}</Badge>
          <a class="button" href={`${here}/edit`}>
            Edit
          </a>
          <a class="button quiet" href={`/_u/console/actions/new?like=${action.id}`}>
            Copy
          </a>
        </div>
      </Title>
      {saved && (
        <Notice tone="good">
          <p>
            Saved as version {props.version} of the catalogue. It is in force within ten seconds.
          </p>
        </Notice>
      )}
      {kept && (
        <Notice tone="danger">
          <p>
            <strong>Somebody else changed this action meanwhile.</strong> It is still in the
            catalogue, and stands here as it is now.
          </p>
        </Notice>
      )}
      <div class="offer">
        <div class="aside">
          <Section title="Whom it is for" id="for">
            <MatchCounts matches={matches} sentence={sentence(action.conditions)} later={later} />
          </Section>
          <Section
            title="Who gets it now"
            id="who"
            aside={
              <a href={`/_u/console/exports/hints.csv?action=${action.id}`}>Download as CSV</a>
            }
          >
            <p class="soft">
              {later ? "Further people, in the order they were last seen." : "Of those last seen."}{" "}
              Addresses are shortened here; the download holds those that may be used.
            </p>
            <WhoGets lines={lines} caption="Who gets it now" onSite={action.channel === "site"} />
            <Pages
              first={later ? here : null}
              next={cursor === null ? null : `${here}?cursor=${encodeURIComponent(cursor)}`}
              words={{ first: "Those last seen", next: "Look through those seen before" }}
            />
          </Section>
        </div>
        <div class="aside">
          <Preview content={{ ...action, image: action.image ?? "" }} origin={props.origin} />
          <Section
            title="Terms"
            id="terms"
            aside={<a href={`/_u/console/performance/${action.id}`}>How it does</a>}
          >
            <ul>
              {termsOf(action, props.policy).map((words) => (
                <li>{words}</li>
              ))}
            </ul>
            <Remove {...props} />
          </Section>
        </div>
      </div>
    </>
  );
};

async function shown(visit: Visit, status = 200): Promise<Response> {
  const { request, context, session } = visit;
  const { catalogue, action } = await actionOf(visit);
  const cursor = asked(request, "cursor");
  const matches = await matchesOf(context, action, { cursor });
  isAbout(request, personsOf(matches.lines));
  return screen(
    visit,
    action.label,
    <ActionPage
      session={session}
      action={action}
      version={catalogue.version}
      state={stateOf(action, context.now)}
      matches={matches}
      later={cursor !== undefined}
      saved={asked(request, "saved") !== undefined}
      kept={status === 409}
      origin={new URL(request.url).origin}
      policy={await context.policy()}
    />,
    status,
  );
}

export const getActionPage = page("marketer", (visit) => shown(visit));

/** Whoever asks again for want of an answer hears that it is done. */
export const postRemoveAction = form("marketer", async (visit, sent) => {
  const { request, context, session } = visit;
  const id = request.params["id"] ?? "";
  const change = { version: versionIn(sent), id, action: null };
  if (actionIn(await catalogueInForce(context.db), id))
    try {
      await saveAction(context, change, session.role);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "conflict") throw error;
      return shown(visit, 409);
    }
  return seeOther("/_u/console/actions?removed=yes");
});
