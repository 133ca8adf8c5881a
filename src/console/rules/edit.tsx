/** Changing the identity rules: the form, what it would change, and the saving. */
import { type MergeRules } from "../../domain/identity/rules.ts";
import { type EditedRules, rulesFrom } from "../../domain/identity/rules-schema.ts";
import { Problem } from "../../domain/problem.ts";
import { countryFault, rulesInForce, saveRules } from "../../http/api/merge-rules.ts";
import { rulesAt } from "../../http/api/merge-rules-versions.ts";
import { wholeNumber } from "../../http/api/input.ts";
import { seeOther } from "../../http/respond.ts";
import type { Session } from "../../http/session.ts";
import { Fields } from "../consent/edit/fields.ts";
import { Checked, type Errors, NO_ERRORS } from "../field.tsx";
import { action, page, screen, type Visit } from "../page.tsx";
import { FormToken, Notice, Section, Title } from "../parts.tsx";
import { changesBetween } from "./changes.ts";
import { Changes } from "./changes-list.tsx";
import { errorsOf, fieldsOf, readRules } from "./fields.ts";
import { RulesForm } from "./form.tsx";
import { RULES, RULES_EDIT, RulesNav } from "./nav.tsx";
import { ReviewPage } from "./review.tsx";
import { NOBODY, tryOn } from "./trial.tsx";

export interface EditPageProps {
  session: Session;
  /** The rules in force. */
  current: MergeRules;
  fields: Fields;
  errors: Errors;
  /** The version that the form was filled with, where it isn't the one in force. */
  from?: number;
  /** Rows were added or removed, or somebody came back from what it would change. */
  unsaved?: boolean;
  /** What was in force when the form was opened, where somebody saved another version meanwhile. */
  overtaken?: MergeRules;
}

export const EditPage = (props: EditPageProps) => {
  const { session, current, fields, errors, from, unsaved = false, overtaken } = props;
  return (
    <>
      <RulesNav path={RULES_EDIT} />
      <Title name="Change the identity rules" />
      {from !== undefined && (
        <Notice tone="note">
          <p>
            Filled in as version {from} was. Version {current.version} is in force until you save.
          </p>
        </Notice>
      )}
      {overtaken && <Overtaken before={overtaken} current={current} />}
      {unsaved && (
        <Notice tone="note">
          <p>Not saved yet.</p>
        </Notice>
      )}
      <Checked errors={errors}>
        <form method="post" action={RULES_EDIT} class="editor">
          {/* The first button is the one that Enter presses. */}
          <button class="hidden" type="submit" tabindex={-1} aria-hidden="true">
            See what it changes
          </button>
          <FormToken session={session} />
          <input type="hidden" name="version" value={current.version} />
          <RulesForm state={{ fields }} />
          <div class="actions">
            <button type="submit">See what it changes…</button>
            <a href={RULES}>Back without saving</a>
          </div>
        </form>
      </Checked>
    </>
  );
};

const Overtaken = ({ before, current }: { before: MergeRules; current: MergeRules }) => (
  <>
    <Notice tone="danger" focused>
      <p>
        <strong>Version {current.version} was saved by somebody else meanwhile.</strong> What you
        wrote is below and not saved. Saving it makes the rules as they stand in this form, so put
        in of theirs what is to stay.
      </p>
    </Notice>
    <Section title="What they changed" id="theirs">
      <Changes changes={changesBetween(before, current)} />
    </Section>
  </>
);

export const getEditPage = page("officer", async (visit) => {
  const { context, request, session } = visit;
  const current = await rulesInForce(context.db);
  const from = wholeNumber(request, "from");
  const { rules } = from === undefined ? { rules: current } : await rulesAt(context.db, from);
  const fields = new Fields(fieldsOf(rules));
  return screen(
    visit,
    "Change the rules",
    <EditPage
      {...{ session, current, fields, errors: NO_ERRORS }}
      {...(from !== undefined && from !== current.version ? { from } : {})}
    />,
  );
});

export const postEditPage = action("officer", async (visit, form) => {
  const { context, request, session } = visit;
  const current = await rulesInForce(context.db);
  const version = versionIn(form);
  const sent = new Fields([...form].filter(([name]) => !OWN.has(name))).renumbered("kinds");
  const [what = "", target = ""] = (form.get("do") ?? "").split(":", 2);
  const shown = (props: Partial<EditPageProps>, status = 200): Response =>
    screen(
      visit,
      "Change the rules",
      <EditPage {...{ session, current, fields: sent, errors: NO_ERRORS, ...props }} />,
      status,
    );
  if (version !== current.version)
    return shown({ overtaken: (await rulesAt(context.db, version)).rules }, 409);
  if (what === "add") return shown({ fields: sent.withRow("kinds"), unsaved: true });
  if (what === "remove")
    return shown({ fields: sent.without(target).renumbered("kinds"), unsaved: true });
  if (what === "back") return shown({ unsaved: true });

  const reading = readRules(sent);
  if (!reading.ok) return shown({ errors: reading.errors }, 422);
  const { edited } = reading;
  const fault = await countryFault(edited);
  if (fault) return shown({ errors: errorsOf([fault], sent) }, 422);
  if (what === "save") return save(visit, { edited, current, shown });

  const tried =
    what === "try"
      ? await tryOn(request, context, { a: form.get("a") ?? "", b: form.get("b") ?? "" }, edited)
      : { pair: NOBODY, trial: null };
  const next = rulesFrom(edited, current.version + 1);
  const status = tried.pair.errors.size > 0 ? 422 : 200;
  return screen(
    visit,
    "What it changes",
    <ReviewPage {...{ session, current, next, fields: sent, ...tried }} />,
    status,
  );
});

async function save(
  { context, session }: Visit,
  {
    edited,
    current,
    shown,
  }: {
    edited: EditedRules;
    current: MergeRules;
    shown: (props: Partial<EditPageProps>, status: number) => Response;
  },
): Promise<Response> {
  try {
    const saved = await saveRules(context, { ...edited, version: current.version }, session.role);
    return seeOther(`${RULES}?saved=${saved.version}`);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
    // Between our look and our saving.
    return shown({ current: await rulesInForce(context.db), overtaken: current }, 409);
  }
}

/** What the form has beside the rules. */
const OWN = new Set(["form", "do", "version", "a", "b"]);

/** @throws Problem `invalid` where the form isn't one of ours */
function versionIn(form: URLSearchParams): number {
  const version = Number(form.get("version") ?? Number.NaN);
  if (Number.isSafeInteger(version)) return version;
  throw new Problem("invalid", "the form isn't whole; open the page again", { path: "version" });
}
