/** The form for another system that gets the list, and its secret, which is shown once. */
import { REACHING } from "../../domain/action/catalogue.ts";
import type { Session } from "../../http/session.ts";
import { Field, type FieldError, FieldGroup } from "../field.tsx";
import { FormToken, Notice, Section } from "../parts.tsx";
import { CHANNEL_WORDS } from "./words.ts";

export interface AddSystemProps {
  session: Session;
  errors: readonly FieldError[];
  typed: { id: string; url: string; channels: readonly string[] };
}

export const AddSystem = ({ session, typed }: Omit<AddSystemProps, "errors">) => (
  <Section title="Another system" id="add">
    <form method="post" action="/_u/console/exports/systems" class="stack">
      <FormToken session={session} />
      <Field name="id" label="Name" help="Such as mailing or call-centre">
        {(wired) => <input {...wired} value={typed.id} required autocomplete="off" />}
      </Field>
      <Field name="url" label="Address" help="https://, takes a POST">
        {(wired) => <input {...wired} value={typed.url} required autocomplete="off" />}
      </Field>
      <FieldGroup
        name="channels"
        id="channels"
        label="Channels"
        help="Each channel goes to one system, so that nobody is written to twice."
      >
        <div class="actions">
          {REACHING.map((channel) => (
            <label class="check">
              <input
                type="checkbox"
                name="channels"
                value={channel}
                checked={typed.channels.includes(channel)}
              />{" "}
              {CHANNEL_WORDS[channel]}
            </label>
          ))}
        </div>
      </FieldGroup>
      <button type="submit">Add the system</button>
    </form>
  </Section>
);

export const Secret = ({ secret: { id, value } }: { secret: { id: string; value: string } }) => (
  <Notice tone="note" focused>
    <p>
      <strong>The secret of {id}. It is shown this once.</strong>
    </p>
    <p>
      <code>{value}</code>
    </p>
    <p>
      Each delivery carries <code>Usher-Signature: t=seconds,v1=hex</code>, HMAC-SHA256 with this
      secret over <code>seconds.body</code>. Turn away what is more than five minutes old, and take
      each <code>Usher-Delivery</code> once.
    </p>
  </Notice>
);
