/** Editing one part of the draft: shown, changed row by row, saved, or given back with what is wrong. */
import { readDraft } from "../../../domain/consent/policy.ts";
import { Problem } from "../../../domain/problem.ts";
import { type DraftRead, loadDraft, storeDraft } from "../../../http/api/draft.ts";
import { iso } from "../../../http/api/input.ts";
import type { Context } from "../../../http/context.ts";
import { seeOther } from "../../../http/respond.ts";
import type { Session } from "../../../http/session.ts";
import { Checked, type Errors, NO_ERRORS } from "../../field.tsx";
import { action, page, screen } from "../../page.tsx";
import { FormToken, Notice, Time, Title } from "../../parts.tsx";
import { DRAFT, PolicyNav } from "../nav.tsx";
import { type Area, errorsOf, owns } from "./area.ts";
import { AREAS } from "./areas.ts";
import { Fields } from "./fields.ts";

export interface EditorProps {
  area: Area;
  session: Session;
  draft: Pick<DraftRead, "stored"> & { policy: NonNullable<DraftRead["policy"]> };
  fields: Fields;
  errors: Errors;
  /** Rows were added or removed since it was saved. */
  unsaved?: boolean;
  /** It was just saved, and somebody stays to go on. */
  saved?: boolean;
  /** Somebody else saved the draft while this form was open. */
  overtaken?: boolean;
}

export const EditorPage = ({
  area,
  session,
  draft,
  fields,
  errors,
  unsaved = false,
  saved = false,
  overtaken = false,
}: EditorProps) => (
  <>
    <PolicyNav path={DRAFT} />
    <Title name={area.name} />
    <p class="soft">{area.about}</p>
    {overtaken && (
      <Notice tone="danger" focused>
        <p>
          <strong>The draft was saved by somebody else meanwhile</strong>, by the{" "}
          {draft.stored.author} at <Time at={iso(draft.stored.at)} />. What you wrote is below and
          not saved. Saving again writes this part over theirs; the other parts stay as they have
          them.
        </p>
      </Notice>
    )}
    {unsaved && (
      <Notice tone="note">
        <p>Not saved yet.</p>
      </Notice>
    )}
    {saved && (
      <Notice tone="good">
        <p>Saved to the draft.</p>
      </Notice>
    )}
    <Checked errors={errors}>
      <form method="post" action={`${DRAFT}/${area.id}`} class="editor">
        {/* The first button is the one that Enter presses. */}
        <button class="hidden" type="submit" tabindex={-1} aria-hidden="true">
          Save
        </button>
        <FormToken session={session} />
        <input type="hidden" name="revision" value={draft.stored.revision} />
        <area.Form fields={fields} policy={draft.policy} />
        <div class="actions">
          <button type="submit">Save to the draft</button>
          <button class="quiet" type="submit" name="do" value="stay">
            Save and stay here
          </button>
          <a href={DRAFT}>Back without saving</a>
        </div>
      </form>
    </Checked>
  </>
);

function requireArea(id: string | undefined): Area {
  const area = AREAS.find((each) => each.id === id);
  if (area) return area;
  throw new Problem("not_found", "the policy has no such part");
}

async function requireReadable(context: Context): Promise<EditorProps["draft"]> {
  const draft = await loadDraft(context);
  if (!draft) throw new Problem("not_found", "there is no draft; begin one on the policy's page");
  const { stored, policy } = draft;
  if (policy) return { stored, policy };
  throw new Problem("conflict", "the draft isn't a policy any more; discard it and begin another");
}

export const getEditor = page("officer", async (visit) => {
  const area = requireArea(visit.request.params["area"]);
  const draft = await requireReadable(visit.context);
  const fields = new Fields(area.write(draft.policy));
  const faults = readDraft(draft.policy).faults.filter((fault) => owns(area, fault));
  const errors = errorsOf(area, faults, fields);
  const { session, request } = visit;
  const saved = new URL(request.url).searchParams.has("saved");
  return screen(
    visit,
    area.name,
    <EditorPage {...{ area, session, draft, fields, errors, saved }} />,
  );
});

const numbered = (area: Area, fields: Fields): Fields =>
  area.rows.reduce((each, list) => each.renumbered(list), fields);

export const postEditor = action("officer", async (visit, form) => {
  const { context, session } = visit;
  const area = requireArea(visit.request.params["area"]);
  const draft = await requireReadable(context);
  const shown = (props: Partial<EditorProps>, status: number): Response =>
    screen(
      visit,
      area.name,
      <EditorPage {...{ area, session, draft, fields, errors: NO_ERRORS, ...props }} />,
      status,
    );
  const sent = numbered(area, new Fields(form));
  const [what, target = ""] = (form.get("do") ?? "").split(":", 2);
  const fields =
    what === "add" && area.rows.includes(target)
      ? sent.withRow(target)
      : what === "remove"
        ? numbered(area, sent.without(target))
        : sent;
  if (fields !== sent) return shown({ fields, unsaved: true }, 200);

  const reading = area.read(fields, draft.policy);
  const own = reading.faults ?? [];
  const { policy, faults } = readDraft(reading.document);
  const found = policy === null && own.length === 0 ? faults : own;
  if (found.length > 0) return shown({ errors: errorsOf(area, found, fields) }, 422);
  const revision = Number(form.get("revision") ?? "");
  try {
    await storeDraft(context, reading.document, {
      author: session.role,
      // What no draft ever had.
      expected: Number.isSafeInteger(revision) ? revision : -1,
      base: draft.stored.base,
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
    return shown({ overtaken: true }, 409);
  }
  const made = area.made?.(fields) ?? null;
  if (what !== "stay" && made === null) return seeOther(`${DRAFT}?saved=${area.id}`);
  return seeOther(`${DRAFT}/${area.id}?saved${made === null ? "" : `#${made}`}`);
});
