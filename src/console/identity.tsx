/** Who somebody is and by which evidence: identifiers, devices, merges. */
import type { PersonView } from "../domain/person/calls.ts";
import { kindWords } from "../domain/identity/kind-words.ts";
import type { MergeAnswer } from "../http/api/merge-answer.ts";
import type { IdentifierAnswer, PersonAnswer, VisitorAnswer } from "../http/api/person.ts";
import type { Session } from "../http/session.ts";
import { PurposeNames } from "./consent/purpose-names.tsx";
import { Ownership, type OwnershipRefused } from "./disown.tsx";
import { IdentityGraph } from "./graph.tsx";
import { WhoToJoin } from "./meant.tsx";
import { Badge, Empty, Section, Time } from "./parts.tsx";
import { count, whole } from "./numbers.ts";
import {
  ASSURANCE_WORDS,
  beliefWords,
  contactWords,
  deviceWords,
  letter,
  mergeSentence,
  refusalWords,
} from "./words.ts";

/** What this page calls each device: a letter for the timeline, and words for sentences. */
export interface Naming {
  letter(visitor: string): string;
  words(visitor: string): string;
}

export function namingOf({ visitors }: Pick<PersonAnswer, "visitors">): Naming {
  const place = new Map<string, number>(visitors.map(({ id }, index) => [id, index]));
  const letterOf = (visitor: string): string => {
    const index = place.get(visitor);
    return index === undefined ? "?" : letter(index);
  };
  return {
    letter: letterOf,
    words: (visitor) => {
      const found = visitors[place.get(visitor) ?? -1];
      return found
        ? `${deviceWords(found)} (${letterOf(visitor)})`
        : `a device that is with somebody else now (${visitor.slice(0, 8)})`;
    },
  };
}

const Letters = ({ visitors, naming }: { visitors: readonly string[]; naming: Naming }) => (
  <>
    {visitors.map((visitor) => (
      <span class="letter" title={naming.words(visitor)}>
        {naming.letter(visitor)}
      </span>
    ))}
  </>
);

const IdentifierLine = ({ each, naming }: { each: IdentifierAnswer; naming: Naming }) => (
  <li>
    <span class="soft">{kindWords(each.kind)}</span>
    <strong class="value">{each.value ?? "erased, or its key is gone"}</strong>
    <span>
      <Badge tone={each.assurance}>{each.assurance}</Badge>{" "}
      <Letters visitors={each.visitors} naming={naming} />
    </span>
    <span class="soft">
      {each.state === "refused"
        ? `Kept apart: ${refusalWords(each.reason)}.`
        : ASSURANCE_WORDS[each.assurance]}
    </span>
    {each.belief && <span class="soft">{beliefWords(each.belief)}</span>}
    {each.permissions.length > 0 && (
      <span class="soft">
        {each.permissions.map(({ channel, state }) => contactWords(channel, state)).join(", ")}
      </span>
    )}
  </li>
);

export const Identifiers = ({
  person,
  naming,
  session,
  refused,
}: {
  person: PersonAnswer;
  naming: Naming;
  /** An officer's, who may say what isn't a device's. */
  session: Session | null;
  /** The form to say so, where it comes back. */
  refused?: OwnershipRefused | undefined;
}) => {
  const shown = person.identifiers.filter(({ kind }) => kind !== "anonymous_id");
  const standing = shown.filter(({ state }) => state !== "refused");
  const apart = shown.filter(({ state }) => state === "refused");
  return (
    <Section title="Identifiers" id="identifiers">
      {standing.length === 0 ? (
        <Empty title="None yet">
          <p>Nobody signed in or gave an address on these devices.</p>
        </Empty>
      ) : (
        <ul class="identifiers">
          {standing.map((each) => (
            <IdentifierLine each={each} naming={naming} />
          ))}
        </ul>
      )}
      {apart.length > 0 && (
        <details>
          <summary>Said here, but not this person's ({apart.length})</summary>
          <ul class="identifiers">
            {apart.map((each) => (
              <IdentifierLine each={each} naming={naming} />
            ))}
          </ul>
        </details>
      )}
      {session && <Ownership {...{ person, naming, session, refused }} />}
    </Section>
  );
};

const Device = ({
  visitor,
  purposes,
  naming,
}: {
  visitor: VisitorAnswer;
  purposes: readonly string[] | null;
  naming: Naming;
}) => (
  <li>
    <span class="letter">{naming.letter(visitor.id)}</span>
    <div>
      <strong>{deviceWords(visitor)}</strong>
      <p class="soft">
        {count(visitor.events, "event")}, first seen <Time at={visitor.firstSeen} />, last seen{" "}
        <Time at={visitor.lastSeen} />
      </p>
      <p class="soft">
        {purposes === null ? (
          "No decision of its own is stored."
        ) : purposes.length === 0 ? (
          "Consent now: nothing."
        ) : (
          <>
            Consent now: <PurposeNames ids={purposes} />.
          </>
        )}
      </p>
      <p class="soft">
        <code>{visitor.id}</code>
      </p>
    </div>
  </li>
);

export const Devices = ({
  view,
  person,
  naming,
}: {
  view: PersonView;
  person: PersonAnswer;
  naming: Naming;
}) => (
  <Section title="Devices" id="devices">
    <ul class="devices">
      {person.visitors.map((visitor) => (
        <Device visitor={visitor} purposes={grantedOn(view, visitor.id)} naming={naming} />
      ))}
    </ul>
  </Section>
);

/** What was last decided on this device; null where only what events carried is known. */
function grantedOn(view: PersonView, visitor: string): string[] | null {
  const decision = view.visitors.find(({ id }) => id === visitor)?.decision;
  if (!decision) return null;
  return Object.keys(decision.granted).filter((purpose) => decision.granted[purpose]);
}

/** Why these two were joined: the sentence, what a human said of it, and the suggestion that it was made on. */
const Reason = ({
  merge,
  naming,
  mayDecide,
}: {
  merge: MergeAnswer;
  naming: Naming;
  mayDecide: boolean;
}) => (
  <p>
    {mergeSentence(merge, naming.words)}
    {merge.why !== null && ` “${merge.why}”`}
    {merge.suggestion !== null && mayDecide && (
      <>
        {" "}
        <a href={`/_u/console/suggestions/${merge.suggestion}`}>The suggestion and its reasons</a>
      </>
    )}
  </p>
);

const Standing = ({
  merge,
  naming,
  mayDecide,
}: {
  merge: MergeAnswer;
  naming: Naming;
  mayDecide: boolean;
}) => (
  <li>
    <Reason merge={merge} naming={naming} mayDecide={mayDecide} />
    <p class="soft">
      <Time at={merge.at} />, {merge.by === "policy" ? "by the merge policy" : `by the ${merge.by}`}
      , under merge rules {whole(merge.rules)}
      {mayDecide && (
        <>
          {" · "}
          <a href={`/_u/console/merges/${merge.id}/undo`}>Undo this merge…</a>
        </>
      )}
    </p>
  </li>
);

const Undone = ({
  merge,
  naming,
  mayDecide,
}: {
  merge: MergeAnswer;
  naming: Naming;
  mayDecide: boolean;
}) => (
  <li>
    <Reason merge={merge} naming={naming} mayDecide={mayDecide} />
    {merge.undone && (
      <p class="soft">
        Undone <Time at={merge.undone.at} />{" "}
        {merge.undone.by === "policy" ? "by the merge policy" : `by the ${merge.undone.by}`}:{" "}
        {merge.undone.because}.
        {merge.undone.severed && " This evidence doesn't join them again until a human does."}
      </p>
    )}
  </li>
);

const JoinForm = ({ person }: { person: string }) => (
  <details>
    <summary>Join with another person…</summary>
    <WhoToJoin person={person} />
  </details>
);

export const WhyOne = ({
  person,
  naming,
  mayDecide,
}: {
  person: PersonAnswer;
  naming: Naming;
  /** Join and undo. */
  mayDecide: boolean;
}) => {
  const standing = person.merges.filter(({ undone }) => undone === null);
  const undone = person.merges.filter((merge) => merge.undone !== null);
  return (
    <Section title="Why is this one person?" id="why">
      <IdentityGraph person={person} naming={naming} />
      {standing.length === 0 ? (
        <p>There is one device, so nothing had to be joined.</p>
      ) : (
        <ol class="reasons">
          {standing.map((merge) => (
            <Standing merge={merge} naming={naming} mayDecide={mayDecide} />
          ))}
        </ol>
      )}
      {undone.length > 0 && (
        <details>
          <summary>Taken back ({undone.length})</summary>
          <ol class="reasons">
            {undone.map((merge) => (
              <Undone merge={merge} naming={naming} mayDecide={mayDecide} />
            ))}
          </ol>
        </details>
      )}
      {mayDecide && <JoinForm person={person.id} />}
    </Section>
  );
};
