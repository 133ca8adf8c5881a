/** What an officer knows of an identifier: that it isn't the device's on which it was said, or is after all. */
import type { VisitorId } from "../domain/ids.ts";
import { sayOwn } from "../http/api/disown.ts";
import { requireVisitorId } from "../http/api/identifiers.ts";
import type { IdentifierAnswer, PersonAnswer } from "../http/api/person.ts";
import { WHY_MAX, whyIn } from "../http/api/why.ts";
import { isAbout } from "../http/audit.ts";
import type { Session } from "../http/session.ts";
import { doneAt } from "./done.tsx";
import { Field } from "./field.tsx";
import type { Naming } from "./identity.tsx";
import { action } from "./page.tsx";
import { FormToken } from "./parts.tsx";

interface Said {
  visitor: VisitorId;
  kind: string;
  value: string;
}

/** An identifier whose key is gone can't be named any more. */
const saidIn = (
  identifiers: readonly IdentifierAnswer[],
  who: (identifier: IdentifierAnswer) => readonly VisitorId[],
): Said[] =>
  identifiers.flatMap((identifier) => {
    const { kind, value } = identifier;
    if (value === null || kind === "anonymous_id" || kind === "push") return [];
    return who(identifier).map((visitor) => ({ visitor, kind, value }));
  });

const OwnForm = ({
  own,
  said,
  person,
  naming,
  session,
}: {
  /** What is to be said of it. */
  own: boolean;
  said: readonly Said[];
  person: string;
  naming: Naming;
  session: Session;
}) => {
  const name = own ? "own" : "disown";
  return said.length === 0 ? null : (
    <details>
      <summary>
        {own ? "One of these is the device's after all…" : "One of these isn't the device's…"}
      </summary>
      <form method="post" action={`/_u/console/people/${person}/identifiers`} class="stack">
        <FormToken session={session} />
        <input type="hidden" name="own" value={own ? "yes" : "no"} />
        <p class="soft">
          {own
            ? "It is weighed again as if it were said now, and may join this device with others."
            : "It joins this device with nobody from then on, and whom it joined is parted, until somebody proves it there or you take that back."}
        </p>
        <Field name={`${name}-said`} label="What was said, and where">
          {(wired) => (
            <select {...wired} name="said">
              {said.map(({ visitor, kind, value }) => (
                <option value={`${visitor} ${kind}:${value}`}>
                  {value} on {naming.words(visitor)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field name={`${name}-why`} label="Why" help="Kept in the history.">
          {(wired) => (
            <input {...wired} name="why" type="text" maxLength={WHY_MAX} autocomplete="off" />
          )}
        </Field>
        <button type="submit" class="quiet">
          {own ? "It is this device's" : "It isn't this device's"}
        </button>
      </form>
    </details>
  );
};

export const Ownership = ({
  person,
  naming,
  session,
}: {
  person: PersonAnswer;
  naming: Naming;
  session: Session;
}) => {
  const { id, identifiers } = person;
  const theirs = saidIn(identifiers, ({ visitors, disowned = [] }) =>
    visitors.filter((visitor) => !disowned.includes(visitor)),
  );
  const notTheirs = saidIn(identifiers, ({ disowned = [] }) => disowned);
  const common = { person: id, naming, session };
  return (
    <>
      <OwnForm own={false} said={theirs} {...common} />
      <OwnForm own said={notTheirs} {...common} />
    </>
  );
};

export const postOwnPage = action("officer", async ({ request, context, session }, form) => {
  const [visitorId, ...rest] = (form.get("said") ?? "").split(" ");
  const visitor = requireVisitorId(visitorId);
  isAbout(request, [visitor]);
  const own = form.get("own") === "yes";
  await sayOwn(
    context,
    visitor,
    { identifier: rest.join(" "), own, why: whyIn(form) },
    session.role,
  );
  return doneAt(`/_u/console/people/${visitor}`, "owned");
});
