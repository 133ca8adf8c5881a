/** Taking back that two persons are kept apart. */
import type { PersonId } from "../domain/ids.ts";
import { requireVisitorId } from "../http/api/identifiers.ts";
import { unseparatePeople } from "../http/api/unseparate.ts";
import { whyIn } from "../http/api/why.ts";
import { isAbout } from "../http/audit.ts";
import type { Session } from "../http/session.ts";
import { doneAt } from "./done.tsx";
import { Field } from "./field.tsx";
import { action } from "./page.tsx";
import { FormToken } from "./parts.tsx";

export const NoLongerApart = ({
  person,
  other,
  session,
}: {
  person: PersonId;
  other: PersonId;
  session: Session;
}) => (
  <details>
    <summary>No longer keep apart…</summary>
    <form method="post" action={`/_u/console/people/${person}/unseparate`} class="stack">
      <FormToken session={session} />
      <input type="hidden" name="other" value={other} />
      <p class="soft">
        What both said is weighed again. The merge policy may join them, or find again that they are
        two.
      </p>
      <Field name={`why-${other}`} label="Why" help="Kept in the history.">
        {(wired) => <input {...wired} name="why" type="text" maxLength={500} autocomplete="off" />}
      </Field>
      <button type="submit" class="quiet">
        No longer keep apart
      </button>
    </form>
  </details>
);

export const postUnseparatePage = action("officer", async ({ request, context, session }, form) => {
  const a = requireVisitorId(request.params["id"]);
  const b = requireVisitorId(form.get("other") ?? undefined);
  isAbout(request, [a, b]);
  const [person] = await unseparatePeople(context, { a, b, why: whyIn(form) }, session.role);
  return doneAt(`/_u/console/people/${person ?? a}`, "together");
});
