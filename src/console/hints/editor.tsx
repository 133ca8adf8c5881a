/** The form for an action: works without script, each button sends it whole. */
import type { ActionChannel } from "../../domain/action/catalogue.ts";
import { CHANNELS } from "../../domain/action/catalogue.ts";
import type { Matches } from "../../http/api/matches.ts";
import type { Session } from "../../http/session.ts";
import { Diff } from "../diff.tsx";
import { Checked, type FieldError } from "../field.tsx";
import { FormToken, Island, Notice, Section, Title } from "../parts.tsx";
import { Builder } from "./builder.tsx";
import { type Draft, namedErrors } from "./draft.ts";
import { ContentFields, PeopleFields, TimeFields, WorthFields } from "./fields.tsx";
import { Preview } from "./preview.tsx";
import { MatchCounts, WhoGets } from "./who.tsx";

export interface Look {
  sentence: string;
  matches: Matches;
}

export interface EditorProps {
  session: Session;
  draft: Draft;
  /** Null for a new action. */
  id: string | null;
  /** Of the catalogue that was looked at. */
  version: number;
  purposes: readonly { id: string; label: string }[];
  errors: readonly FieldError[];
  /** Null while something is to be mended. */
  look: Look | null;
  /** Where this page is: pictures from there are shown. */
  origin: string;
  /** What somebody else saved meanwhile, beside what is here, as texts. */
  conflict: { theirs: string; mine: string; by: string } | null;
}

const channelOf = (text: string): ActionChannel =>
  CHANNELS.find((channel) => channel === text) ?? "site";

const Conflict = ({ conflict }: { conflict: NonNullable<EditorProps["conflict"]> }) => (
  <Notice tone="danger" focused>
    <p>
      <strong>Somebody else changed this action meanwhile</strong> (the {conflict.by}). Nothing of
      yours is lost, and nothing was saved. Below is what differs from theirs; saving again puts
      yours in its place.
    </p>
  </Notice>
);

const What = ({
  look,
  channel,
  isWrong,
}: {
  look: Look | null;
  channel: ActionChannel;
  isWrong: boolean;
}) => (
  <Section title="Who gets it now" id="who">
    {look === null ? (
      <p class="soft">
        {isWrong
          ? "Mend what is wrong, then look again."
          : "Say what it offers and where it leads, then look who gets it."}
      </p>
    ) : (
      <>
        <MatchCounts matches={look.matches} sentence={look.sentence} />
        {look.matches.lines.length > 0 && (
          <details>
            <summary>
              Show {look.matches.lines.length < look.matches.fits ? "the first of them" : "them"} (
              {look.matches.lines.length})
            </summary>
            <WhoGets
              lines={look.matches.lines}
              caption="Who gets it now"
              onSite={channel === "site"}
            />
          </details>
        )}
        {channel !== "site" && (
          <p class="soft">
            Of their addresses only one that may be contacted at that moment is ever sent anywhere.
          </p>
        )}
      </>
    )}
  </Section>
);

export const EditorPage = (props: EditorProps) => {
  const { session, draft, id, version, purposes, errors, look, origin, conflict } = props;
  const path = id === null ? "/_u/console/actions/new" : `/_u/console/actions/${id}/edit`;
  const channel = channelOf(draft.texts.channel);
  return (
    <>
      <Title name={id === null ? "New action" : `Edit “${draft.texts.label || id}”`} />
      {conflict && <Conflict conflict={conflict} />}
      {conflict && (
        <Section title="Theirs and yours" id="conflict">
          <Diff label="What differs from theirs" before={conflict.theirs} after={conflict.mine} />
        </Section>
      )}
      <Checked errors={namedErrors(errors, draft.rows)}>
        <form method="post" action={path} class="offer">
          <FormToken session={session} />
          <input type="hidden" name="version" value={String(version)} />
          {/* What Enter in a field sends: a look, never a save or a removal. */}
          <button
            type="submit"
            name="do"
            value="look"
            class="hidden"
            tabindex={-1}
            aria-hidden="true"
          >
            Look
          </button>
          <div class="aside">
            <Section title="What it says" id="content">
              <ContentFields draft={draft} named={id !== null} />
            </Section>
            <Section title="Who it is for" id="people">
              <PeopleFields draft={draft} purposes={purposes} />
              <h3>Conditions</h3>
              <Builder rows={draft.rows} />
            </Section>
            <Section title="When, and how often" id="times">
              <TimeFields draft={draft} />
            </Section>
            <Section title="What it is worth" id="worth">
              <WorthFields draft={draft} />
            </Section>
            <div class="actions">
              <button type="submit" name="do" value="save">
                {conflict ? "Save mine in its place" : "Save the action"}
              </button>
              <button type="submit" class="quiet" name="do" value="look">
                Look who gets it
              </button>
              <a href={id === null ? "/_u/console/actions" : `/_u/console/actions/${id}`}>
                Leave it as it was
              </a>
            </div>
          </div>
          <div class="aside">
            <div data-live="preview">
              <Preview content={{ ...draft.texts, channel }} origin={origin} />
            </div>
            <div data-live="who" aria-live="polite">
              <What look={look} channel={channel} isWrong={errors.length > 0} />
            </div>
          </div>
        </form>
      </Checked>
      <Island name="editor" />
    </>
  );
};
