/** The event plan: written a line an event, beside how what arrives differs from it. */
import { mayDo } from "../../http/auth.ts";
import type { Session } from "../../http/session.ts";
import { differenceWords } from "../../domain/setup/checks.ts";
import type { PlanDifference, PlanFault } from "../../domain/setup/plan.ts";
import { Checked, type Errors, Field } from "../field.tsx";
import { count } from "../numbers.ts";
import { Empty, FormToken, Notice, Section, Title } from "../parts.tsx";
import { SETUP, SetupNav } from "./check.tsx";

export interface PlanPageProps {
  session: Session;
  text: string;
  version: number;
  /** Of the text as it was sent, where it can't be taken. */
  faults: readonly PlanFault[];
  conflict: boolean;
  saved: boolean;
  differences: readonly PlanDifference[];
  /** Distinct events that arrived. */
  arrived: number;
}

/** Each line by itself above the form, all of them at the field. */
function faultsOf(faults: readonly PlanFault[]): Errors {
  const list = faults.map(({ line, message }) => ({
    name: "plan",
    message: `Line ${line}: ${message}`,
  }));
  const all = list.map(({ message }) => message).join(". ");
  return { list, byName: new Map(all === "" ? [] : [["plan", all]]) };
}

export const PlanPage = ({
  session,
  text,
  version,
  faults,
  conflict,
  saved,
  differences,
  arrived,
}: PlanPageProps) => (
  <>
    <Title name="Event plan" />
    <SetupNav path={`${SETUP}/plan`} />
    {saved && <Notice tone="good">The plan was saved.</Notice>}
    {conflict && (
      <Notice tone="danger" focused>
        Somebody else saved the plan meanwhile. What you wrote is below; compare it with theirs
        before you save again.
      </Notice>
    )}
    {mayDo(session.role, "marketer") ? (
      <Section title="What should come" id="planned">
        <Checked errors={faultsOf(faults)}>
          <form method="post" action={`${SETUP}/plan`}>
            <FormToken session={session} />
            <input type="hidden" name="version" value={version} />
            <Field
              name="plan"
              label="Events"
              help={
                <>
                  An event a line, its properties after a colon:{" "}
                  <code>Order Completed: order_id!, total! number, coupon</code>. An exclamation
                  mark: it must be there. Types are text, number, yes/no, list and object.{" "}
                  <code>[page] Article: topic</code> is a page of that name,{" "}
                  <code>[screen] Home</code> a screen. Traits can't be planned: they are stored
                  encrypted, so nothing looks through them.
                </>
              }
            >
              {(wired) => (
                <textarea {...wired} rows={12} spellcheck={false}>
                  {text}
                </textarea>
              )}
            </Field>
            <div class="actions">
              <button class="primary" type="submit">
                Save the plan
              </button>
              {arrived > 0 && (
                <a href={`${SETUP}/plan?begin=arrivals`}>
                  Begin with what arrives ({count(arrived, "event")})
                </a>
              )}
            </div>
          </form>
        </Checked>
      </Section>
    ) : (
      <Section title="What should come" id="planned">
        {text === "" ? <Empty title="There is no plan yet" /> : <pre>{text}</pre>}
      </Section>
    )}
    <Section title="Where what comes differs" id="differences">
      {version === 0 ? (
        <Empty title="There is no plan to compare with yet" />
      ) : differences.length === 0 ? (
        <Empty title="What comes is what was planned" />
      ) : (
        <ul class="evidence">
          {differences.map((each) => (
            <li>{differenceWords(each)}</li>
          ))}
        </ul>
      )}
    </Section>
  </>
);
