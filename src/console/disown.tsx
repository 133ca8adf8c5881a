/** The forms for what an officer knows of an identifier: that it isn't the device's on which it was said, or is after all. */
import type { VisitorId } from "../domain/ids.ts";
import type { IdentifierAnswer, PersonAnswer } from "../http/api/person.ts";
import { WHY_MAX } from "../http/api/why.ts";
import type { Session } from "../http/session.ts";
import { Field } from "./field.tsx";
import { Folded, NothingLeft, type Refused } from "./folded.tsx";
import type { Naming } from "./identity.tsx";
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
  refused,
}: {
  /** What is to be said of it. */
  own: boolean;
  said: readonly Said[];
  person: string;
  naming: Naming;
  session: Session;
  refused: Refused | undefined;
}) => {
  const name = own ? "own" : "disown";
  const names = { [`${name}-said`]: "What was said, and where", [`${name}-why`]: "Why" };
  if (said.length === 0) return <NothingLeft refused={refused} />;
  return (
    <Folded
      summary={own ? "One of these is the device's after all…" : "One of these isn't the device's…"}
      refused={refused}
      names={names}
    >
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
                <option
                  value={`${visitor} ${kind}:${value}`}
                  selected={refused?.typed[wired.id] === `${visitor} ${kind}:${value}`}
                >
                  {value} on {naming.words(visitor)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field name={`${name}-why`} label="Why" help="Kept in the history.">
          {(wired) => (
            <input
              {...wired}
              name="why"
              type="text"
              value={refused?.typed[wired.id]}
              maxLength={WHY_MAX}
              autocomplete="off"
            />
          )}
        </Field>
        <button type="submit" class="quiet">
          {own ? "It is this device's" : "It isn't this device's"}
        </button>
      </form>
    </Folded>
  );
};

/** The form that comes back, if one of them does. */
export type OwnershipRefused = Partial<Readonly<Record<"own" | "disown", Refused>>>;

export const Ownership = ({
  person,
  naming,
  session,
  refused,
}: {
  person: PersonAnswer;
  naming: Naming;
  session: Session;
  refused: OwnershipRefused | undefined;
}) => {
  const { id, identifiers } = person;
  const theirs = saidIn(identifiers, ({ visitors, disowned = [] }) =>
    visitors.filter((visitor) => !disowned.includes(visitor)),
  );
  const notTheirs = saidIn(identifiers, ({ disowned = [] }) => disowned);
  const common = { person: id, naming, session };
  return (
    <>
      <OwnForm own={false} said={theirs} refused={refused?.disown} {...common} />
      <OwnForm own said={notTheirs} refused={refused?.own} {...common} />
    </>
  );
};
