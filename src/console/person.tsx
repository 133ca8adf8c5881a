/** One person: who, on which devices, why one, what next, and everything that happened. */
import { STAGE_NAMES } from "../domain/person/stage.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { CalledBy, PurposeName } from "./consent/purpose-names.tsx";
import type { PersonView } from "../domain/person/calls.ts";
import type { NextAnswer } from "../domain/person/people.ts";
import { mayDo } from "../http/auth.ts";
import { requireVisitorId } from "../http/api/identifiers.ts";
import type { Session } from "../http/session.ts";
import { isAbout } from "../http/audit.ts";
import { asked } from "../http/api/input.ts";
import { type JourneyFound, journeyOf } from "../http/api/journey.ts";
import { nextFor } from "../http/api/people.ts";
import { describe, loadPerson, type PersonAnswer } from "../http/api/person.ts";
import { type DecisionRefused, Decisions, DecisionTold, type Told } from "./decisions.tsx";
import type { OwnershipRefused } from "./disown.tsx";
import { History } from "./history.tsx";
import { Devices, Identifiers, type Naming, namingOf, WhyOne } from "./identity.tsx";
import { Journey } from "./journey.tsx";
import { page, screen, type Visit } from "./page.tsx";
import { Empty, Section, StageBadge, Notice } from "./parts.tsx";
import { count, percent } from "./numbers.ts";
import { nameOf } from "./words.ts";

const EVENTS_ON_A_PAGE = 100;
const TOLD = ["device", "permission"] as const;

const Heading = ({ person, name }: { person: PersonAnswer; name: string }) => (
  <header class="person">
    <h1>{name}</h1>
    <p>
      <StageBadge stage={person.stage} /> {count(person.visitors.length, "device")},{" "}
      {count(
        person.visitors.reduce((sum, { events }) => sum + events, 0),
        "event",
      )}
      .
    </p>
    <p class="soft">
      Id <code>{person.id}</code>
    </p>
  </header>
);

export const Next = ({ next }: { next: NextAnswer }) => (
  <Section title="Next action" id="next">
    {next.action ? (
      <>
        <p class="lead">
          <strong>{next.action.label}</strong>
        </p>
        <p>
          “{next.action.title}” {next.action.text}
        </p>
        <p>Because this person</p>
        <ul>
          {next.why.map((reason) => (
            <li>{reason}</li>
          ))}
        </ul>
        <p class="soft">
          Shown from “{STAGE_NAMES[next.action.stage]}” on. It has {percent(next.confidence)} of the
          priority of everything that fits.
        </p>
      </>
    ) : (
      <Empty title="Nothing to suggest now">
        <p>
          {next.others === undefined
            ? "Suggestions aren't allowed on this person's best-known device."
            : "No action of the catalogue fits at this moment."}
        </p>
      </Empty>
    )}
    {next.others !== undefined && next.others.length > 0 && (
      <details open={next.action === null}>
        <summary>What would change it ({next.others.length})</summary>
        <ul class="others">
          {next.others.map(({ label, missing, purpose }) => (
            <li>
              <strong>{label}</strong>
              <span class="soft">
                {purpose === undefined ? (
                  missing
                ) : (
                  <>
                    <PurposeName id={purpose} /> isn't allowed
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      </details>
    )}
  </Section>
);

const Personas = ({ person }: { person: PersonAnswer }) => (
  <Section title="Sides of life" id="personas">
    <p>
      {person.separate.length === 0
        ? "No other persona of this human is known."
        : `${count(person.separate.length, "other persona")} of the same human, never merged by machine.`}{" "}
      <a href={`/_u/console/people/${person.id}/sides`}>Addresses and devices by side</a>
    </p>
  </Section>
);

const Parted = ({ other }: { other: string }) => (
  <Notice tone="good">
    <p>
      The merge is undone: these are two people now.{" "}
      <a href={`/_u/console/people/${encodeURIComponent(other)}`}>See the other one</a>
    </p>
  </Notice>
);

export interface PersonProps {
  /** In force, for what purposes are called. */
  policy: Policy;
  view: PersonView;
  person: PersonAnswer;
  next: NextAnswer;
  journey: JourneyFound;
  /** Join and undo are the officer's. */
  mayDecide: boolean;
  /** This isn't the journey's first page. */
  earlier: boolean;
  /** The person that an undo has just made. */
  parted?: string | undefined;
  /** An officer's; null: what only officers write down isn't shown. */
  session?: Session | null;
  told?: Told | undefined;
  /** A form of the page that comes back. */
  refused?: PersonRefused | undefined;
}

export type PersonRefused = DecisionRefused & OwnershipRefused;

export const PersonBody = (props: PersonProps) => {
  const {
    policy,
    view,
    person,
    next,
    journey,
    mayDecide,
    earlier,
    parted,
    session = null,
    told,
    refused,
  } = props;
  const naming: Naming = namingOf(person);
  return (
    <CalledBy policy={policy}>
      {parted !== undefined && <Parted other={parted} />}
      <DecisionTold told={told} />
      <Heading person={person} name={nameOf(person.traits, person.identifiers)} />
      <div class="columns">
        <div class="aside">
          <Next next={next} />
          <WhyOne person={person} naming={naming} mayDecide={mayDecide} />
          <Identifiers {...{ person, naming, session, refused }} />
          <Devices view={view} person={person} naming={naming} />
          {session && <Decisions {...{ person, naming, session, refused }} />}
          <Personas person={person} />
          <History history={person.history} />
        </div>
        <Journey
          journey={journey}
          naming={naming}
          person={person.id}
          earlier={earlier}
          mayDecide={mayDecide}
        />
      </div>
    </CalledBy>
  );
};

/** `refused`: 422, with that form as it was sent. */
export async function personScreen(visit: Visit, refused?: PersonRefused): Promise<Response> {
  const { request, context, session } = visit;
  const view = await loadPerson(context, requireVisitorId(request.params["id"]));
  isAbout(request, [view.id]);
  const cursor = asked(request, "cursor");
  const [policy, person, next, journey] = await Promise.all([
    context.policy(),
    describe(context, view),
    nextFor(context, view, ""),
    journeyOf(context, view, { limit: EVENTS_ON_A_PAGE, cursor }),
  ]);
  return screen(
    visit,
    nameOf(person.traits, person.identifiers),
    <PersonBody
      policy={policy}
      view={view}
      person={person}
      next={next}
      journey={journey}
      mayDecide={mayDo(session.role, "officer")}
      earlier={cursor !== undefined}
      parted={asked(request, "parted")}
      session={mayDo(session.role, "officer") ? session : null}
      told={TOLD.find((each) => each === asked(request, "told"))}
      refused={refused}
    />,
    refused ? 422 : 200,
  );
}

export const getPersonPage = page("either", (visit) => personScreen(visit));
