/** The draft of the next policy: its parts, what it changes, what it costs, and its publication. */
import type { PolicyFault } from "../../domain/consent/policy.ts";
import { Problem } from "../../domain/problem.ts";
import { discardDraft, readDraft } from "../../d1/drafts.ts";
import { versionFrom } from "../../d1/policies.ts";
import { type DraftRead, loadDraft, storeDraft } from "../../http/api/draft.ts";
import { asked, iso } from "../../http/api/input.ts";
import { policyInForce, publishDraft, requireVersion } from "../../http/api/policy.ts";
import { seeOther } from "../../http/respond.ts";
import type { Session } from "../../http/session.ts";
import { continueReplay, type Replay, replayOf } from "../../privacy/replay.ts";
import { doneAt } from "../done.tsx";
import { Checked, errorsFrom, Field } from "../field.tsx";
import { count } from "../numbers.ts";
import { action, page, screen, type Visit } from "../page.tsx";
import { Badge, Empty, FormToken, Notice, Section, Time, Title } from "../parts.tsx";
import { ChangeList } from "./change-list.tsx";
import { type Area, owns, pathWords } from "./edit/area.ts";
import { AREAS } from "./edit/areas.ts";
import { DRAFT, POLICY, PolicyNav, SIMULATOR } from "./nav.tsx";
import { BeginDraft, PolicyInWords } from "./policy.tsx";
import { WhatIfSection } from "./what-if.tsx";

export interface DraftPageProps {
  session: Session;
  draft: DraftRead;
  replay: Replay | null;
  /** The part that was saved a moment ago. */
  saved?: string | undefined;
  /** The publication that was refused: the note it came with, and what was wrong with that or with the moment. */
  refused?: { note: string; noteError?: string; conflict?: string } | undefined;
}

export const DraftPage = ({ session, draft, replay, saved, refused }: DraftPageProps) => {
  const { stored, current, policy, faults, changes, material } = draft;
  return (
    <>
      <PolicyNav path={DRAFT} />
      <Title name="Draft of the next policy" />
      <p class="soft">
        Begun from version {stored.base}, last saved by the {stored.author} on{" "}
        <Time at={iso(stored.at)} />. You can leave it and come back.
      </p>
      {saved !== undefined && (
        <Notice tone="good">
          <p>{AREAS.find(({ id }) => id === saved)?.name ?? "The draft"}: saved to the draft.</p>
        </Notice>
      )}
      {refused?.conflict !== undefined && (
        <Notice tone="danger" focused>
          <p>
            <strong>Not published:</strong> {refused.conflict}. Look again at what it changes; your
            note is still below.
          </p>
        </Notice>
      )}
      {stored.base !== current.version && (
        <Notice tone="note">
          <p>
            <strong>Version {current.version} was published after this draft was begun.</strong>{" "}
            What the draft changes is shown against version {current.version}, so look whether it
            would take something of it back.
          </p>
        </Notice>
      )}
      <Faults faults={faults} />
      {policy === null ? null : (
        <>
          <Parts draft={draft} />
          <Section
            title="What it changes"
            id="changes"
            aside={<a href={`${SIMULATOR}?against=draft`}>Try a visitor against it</a>}
          >
            <ChangeList before={current} after={policy} changes={changes} material={material} />
            <details>
              <summary>All of it in plain words, and the notice as visitors would see it</summary>
              <div class="read">
                <PolicyInWords policy={policy} />
              </div>
            </details>
          </Section>
          {changes.length > 0 && (
            <>
              <WhatIfSection {...{ session, replay, current }} draft={policy} />
              <Publish {...{ session, draft, refused }} />
            </>
          )}
        </>
      )}
      <Discard session={session} revision={stored.revision} />
    </>
  );
};

const Faults = ({ faults }: { faults: readonly PolicyFault[] }) =>
  faults.length === 0 ? null : (
    <Notice tone="danger">
      <p>
        <strong>It can't be published as it is:</strong>
      </p>
      <ul>
        {faults.map((fault) => (
          <li>
            <a href={`${DRAFT}/${areaOf(fault).id}`}>{pathWords(fault.path)}</a> {fault.message}.
          </li>
        ))}
      </ul>
    </Notice>
  );

const areaOf = (fault: PolicyFault): Area =>
  AREAS.find((area) => owns(area, fault)) ?? (AREAS.at(-1) as Area);

const Parts = ({ draft: { changes, faults } }: { draft: DraftRead }) => (
  <Section title="Its parts" id="parts">
    <ul class="parts">
      {AREAS.map((area) => {
        const changed = changes.filter(({ path }) => owns(area, { path, message: "" })).length;
        const wrong = faults.some((fault) => owns(area, fault));
        return (
          <li>
            <a href={`${DRAFT}/${area.id}`}>{area.name}</a>{" "}
            {wrong && <Badge tone="danger">to be mended</Badge>}
            {changed > 0 && <Badge tone="hinted">{count(changed, "change")}</Badge>}
            <p class="soft">{area.about}</p>
          </li>
        );
      })}
    </ul>
  </Section>
);

const Publish = ({
  session,
  draft: { stored, current, faults },
  refused,
}: Pick<DraftPageProps, "session" | "draft" | "refused">) => (
  <Section title="Publish" id="publish">
    {faults.length > 0 ? (
      <p>What contradicts itself is to be mended first.</p>
    ) : (
      <Checked
        errors={errorsFrom(
          refused?.noteError === undefined ? [] : [{ name: "note", message: refused.noteError }],
          { note: "What changes and why" },
        )}
      >
        <form method="post" action={`${DRAFT}/publish`} class="stack">
          <FormToken session={session} />
          <input type="hidden" name="revision" value={stored.revision} />
          <input type="hidden" name="expected" value={current.version} />
          <Field
            name="note"
            label="What changes and why"
            help="Kept with the version, for whoever asks later."
          >
            {(wired) => (
              <textarea {...wired} class="low" rows={3} maxlength={1000} required>
                {refused?.note}
              </textarea>
            )}
          </Field>
          <p class="soft">
            It becomes version {current.version + 1}, in force within ten seconds. A version is
            never changed; to go back, publish an earlier one again.
          </p>
          <button type="submit">Publish version {current.version + 1}</button>
        </form>
      </Checked>
    )}
  </Section>
);

const Discard = ({ session, revision }: { session: Session; revision: number }) => (
  <details class="no-print">
    <summary>Discard the draft…</summary>
    <form method="post" action={`${DRAFT}/discard`} class="actions">
      <FormToken session={session} />
      <input type="hidden" name="revision" value={revision} />
      <button type="submit" class="danger">
        Discard it for good
      </button>
    </form>
  </details>
);

export const NoDraftPage = ({ session, version }: { session: Session; version: number }) => (
  <>
    <PolicyNav path={DRAFT} />
    <Title name="Draft of the next policy" />
    <Empty title="Nobody is writing one">
      <p>A draft counts for nothing until it is published. It can be left and returned to.</p>
      <BeginDraft session={session} from={version} words={`Begin with version ${version}`} />
    </Empty>
  </>
);

async function showDraft(
  visit: Visit,
  refused?: DraftPageProps["refused"],
  status = 200,
): Promise<Response> {
  const { context, session, request } = visit;
  const draft = await loadDraft(context);
  if (!draft) {
    const { version } = await policyInForce(context);
    return screen(visit, "Draft", <NoDraftPage session={session} version={version} />, status);
  }
  const begun = replayOf(draft.stored, draft.current);
  const replay =
    begun && (await continueReplay(context.db, draft.stored, draft.current, context.now));
  const saved = asked(request, "saved");
  return screen(
    visit,
    "Draft",
    <DraftPage {...{ session, draft, replay, saved, refused }} />,
    status,
  );
}

export const getDraftPage = page("officer", (visit) => showDraft(visit));

const numberIn = (form: URLSearchParams, name: string): number => {
  const number = Number(form.get(name));
  if (form.get(name) !== null && Number.isSafeInteger(number)) return number;
  throw new Problem("invalid", "the form isn't whole; open the page again", { path: name });
};

/** Begins one as some version was, over the one of `revision` if there is one. */
export const postDraft = action("officer", async ({ context, session }, form) => {
  const { document } = await requireVersion(context, numberIn(form, "from"));
  await storeDraft(context, document, {
    author: session.role,
    expected: numberIn(form, "revision"),
  });
  return seeOther(DRAFT);
});

export const postWhatIf = action("officer", async ({ context }) => {
  const draft = await loadDraft(context);
  if (draft) await continueReplay(context.db, draft.stored, draft.current, context.now);
  return seeOther(`${DRAFT}#what-if`);
});

export const postDiscard = action("officer", async ({ context }, form) => {
  const gone = await discardDraft(context.db, "policy", numberIn(form, "revision"));
  if (!gone && (await readDraft(context.db, "policy")))
    throw new Problem("conflict", "somebody else saved the draft meanwhile; look at it first");
  return doneAt(POLICY, "discarded");
});

/**
 * What was looked at is what is published: neither another draft, nor after another version. Asked again, because no answer came, it
 * is answered the same.
 */
export const postPublish = action("officer", async (visit, form) => {
  const { context, session } = visit;
  const note = (form.get("note") ?? "").trim();
  if (note === "") {
    const noteError = "Say in a few words what changes and why.";
    return showDraft(visit, { note, noteError }, 422);
  }
  const [revision, expected] = [numberIn(form, "revision"), numberIn(form, "expected")];
  try {
    const stored = await readDraft(context.db, "policy");
    if (stored?.revision !== revision) {
      const published = await versionFrom(context.db, revision);
      if (published !== null) return seeOther(`${POLICY}?published=${published}`);
      throw new Problem("conflict", "somebody else saved, published or discarded the draft");
    }
    const by = { author: session.role, note, expected, revision };
    const { policy } = await publishDraft(context, stored.document, by);
    return seeOther(`${POLICY}?published=${policy.version}`);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
    return showDraft(visit, { note, conflict: error.message }, 409);
  }
});
