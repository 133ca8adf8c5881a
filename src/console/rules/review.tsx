/** Rules that were written and aren't saved: what they change, in words, tried on two people, and the saving. */
import type { MergeRules } from "../../domain/identity/rules.ts";
import type { Session } from "../../http/session.ts";
import type { Fields } from "../consent/edit/fields.ts";
import { FormToken, Notice, Section, Title } from "../parts.tsx";
import { changesBetween } from "./changes.ts";
import { Changes } from "./changes-list.tsx";
import { RULES, RULES_EDIT, RulesNav } from "./nav.tsx";
import { type Pair, PairFields, type Trial, TrialResult } from "./trial.tsx";

export interface ReviewPageProps {
  session: Session;
  current: MergeRules;
  /** As they would be saved. */
  next: MergeRules;
  /** The form, to go on with. */
  fields: Fields;
  pair: Pair;
  trial: Trial | null;
}

export const ReviewPage = ({ session, current, next, fields, pair, trial }: ReviewPageProps) => {
  const changes = changesBetween(current, next);
  return (
    <>
      <RulesNav path={RULES_EDIT} />
      <Title name="What this would change" />
      <form method="post" action={RULES_EDIT} class="aside">
        <FormToken session={session} />
        <input type="hidden" name="version" value={current.version} />
        {[...fields.pairs()].map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <Section title={`Against version ${current.version}, in force`} id="changes">
          <Changes changes={changes} />
        </Section>
        {changes.length > 0 && (
          <Notice tone="note">
            <p>
              Rules hold for what is said from then on. Who was joined stays joined, and who was
              kept apart stays apart until they say it again; a merge is undone on the person's
              page.
            </p>
          </Notice>
        )}
        <div class="actions">
          {changes.length > 0 && (
            <button type="submit" name="do" value="save">
              Save as version {next.version}
            </button>
          )}
          <button type="submit" name="do" value="back" class="quiet">
            Back to the form
          </button>
          <a href={RULES}>Leave everything as it is</a>
        </div>
        <Section title="Try it on two people first" id="tried">
          <PairFields pair={pair} />
          <div>
            <button type="submit" name="do" value="try" class="quiet">
              Try
            </button>
          </div>
          {trial && <TrialResult trial={trial} />}
        </Section>
      </form>
    </>
  );
};
