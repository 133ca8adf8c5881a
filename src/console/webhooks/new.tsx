/** The form for another system that gets events. */
import type { Policy } from "../../domain/consent/policy.ts";
import type { Session } from "../../http/session.ts";
import { PurposeField } from "../consent/purpose-field.tsx";
import { Field } from "../field.tsx";
import { FormToken, Section } from "../parts.tsx";

export interface TypedWebhook {
  id: string;
  url: string;
  purpose: string;
  /** One name a line. */
  events: string;
}

export const NOTHING_TYPED: TypedWebhook = { id: "", url: "", purpose: "", events: "" };

export const NewWebhook = ({
  session,
  policy,
  typed,
}: {
  session: Session;
  policy: Policy;
  typed: TypedWebhook;
}) => (
  <Section title="Another system" id="add">
    <form method="post" action="/_u/console/webhooks" class="stack">
      <FormToken session={session} />
      <Field
        name="id"
        label="Name"
        help="Small letters, figures and dashes, such as crm or data-warehouse"
      >
        {(wired) => <input {...wired} value={typed.id} required autocomplete="off" />}
      </Field>
      <Field name="url" label="Address" help="https://, takes a POST">
        {(wired) => <input {...wired} value={typed.url} required autocomplete="off" />}
      </Field>
      <PurposeField policy={policy} chosen={typed.purpose} />
      <Field
        name="events"
        label="Events"
        help="Names of events and pages, one a line. Empty: all of them."
      >
        {(wired) => <textarea {...wired} rows={3} value={typed.events} />}
      </Field>
      <button type="submit">Add the system</button>
    </form>
  </Section>
);
