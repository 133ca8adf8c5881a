/**
 * The journey as a timeline over devices and channels, each event with the purposes it was recorded under: said once where a whole
 * stretch has the same.
 */
import type { UsherEvent } from "../domain/event.ts";
import { SESSION_GAP_MS } from "../domain/slice/sessions.ts";
import type { JourneyFound, Step } from "../http/api/journey.ts";
import { iso } from "../http/api/input.ts";
import { PurposeName } from "./consent/purpose-names.tsx";
import type { Naming } from "./identity.tsx";
import { money } from "./numbers.ts";
import { Badge, Empty, PolicyVersion, Section, Time } from "./parts.tsx";
import { campaignWords, eventWords, PLACE_WORDS, spanWords } from "./words.ts";

const Details = ({ event }: { event: UsherEvent }) => {
  const { page, campaign, topics, valueCents } = event;
  return (
    <>
      {page && <p class="soft path">{page.path}</p>}
      {campaign && <p>Came from {campaignWords(campaign)}</p>}
      {topics && topics.length > 0 && <p class="soft">About {topics.join(", ")}</p>}
      {valueCents !== undefined && <p>Worth {money(valueCents)}</p>}
    </>
  );
};

/** Under which policy, and for what. */
const Basis = ({ event, mayDecide }: { event: UsherEvent; mayDecide: boolean }) => (
  <p class="purposes">
    <span class="soft">
      Recorded under{" "}
      {mayDecide ? (
        <PolicyVersion version={event.policy} words="policy" />
      ) : (
        `policy ${event.policy}`
      )}{" "}
      for
    </span>{" "}
    {event.purposes.map((purpose) => (
      <Badge tone="purpose">
        <PurposeName id={purpose} />
      </Badge>
    ))}
  </p>
);

const basisOf = ({ event }: Step): string => [event.policy, ...event.purposes].join(" ");

const Happened = ({
  step,
  naming,
  mayDecide,
  alike,
}: {
  step: Step;
  naming: Naming;
  mayDecide: boolean;
  /** The whole stretch has the same policy and purposes, and says so itself. */
  alike: boolean;
}) => {
  const { visitor, event } = step;
  return (
    <li class={`event ${event.type}`}>
      <span class="letter" title={naming.words(visitor)}>
        {naming.letter(visitor)}
      </span>
      <div>
        <p>
          <strong>{eventWords(event)}</strong>
        </p>
        <Details event={event} />
        <p class="soft">
          <Time at={iso(event.at)} as="time" /> · {PLACE_WORDS[event.channel]} ·{" "}
          {naming.words(visitor)}
        </p>
        {!alike && <Basis event={event} mayDecide={mayDecide} />}
      </div>
    </li>
  );
};

/** Steps with no more than half an hour between them, as sessions are told apart; on whatever device. */
export function stretches(steps: readonly Step[]): Step[][] {
  const found: Step[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    const { at } = step.event;
    if (at - last <= SESSION_GAP_MS) found.at(-1)?.push(step);
    else found.push([step]);
    last = at;
  }
  return found;
}

const Stretch = ({
  steps,
  after,
  naming,
  mayDecide,
}: {
  steps: readonly Step[];
  /** When the stretch before this one ended. */
  after: number | undefined;
  naming: Naming;
  mayDecide: boolean;
}) => {
  const [first] = steps;
  if (!first) return null;
  const alike = steps.every((step) => basisOf(step) === basisOf(first));
  return (
    <>
      <h3 class="stretch">
        <Time at={iso(first.event.at)} />
        {after !== undefined && `, ${spanWords(first.event.at - after)} later`}
      </h3>
      {alike && <Basis event={first.event} mayDecide={mayDecide} />}
      <ol class="timeline">
        {steps.map((step) => (
          <Happened {...{ step, naming, mayDecide, alike }} />
        ))}
      </ol>
    </>
  );
};

export const Journey = ({
  journey,
  naming,
  person,
  earlier,
  mayDecide,
}: {
  journey: JourneyFound;
  naming: Naming;
  person: string;
  /** This isn't the first page. */
  earlier: boolean;
  /** Policies are the officer's to read. */
  mayDecide: boolean;
}) => (
  <Section title="Journey" id="journey">
    {journey.steps.length === 0 && (
      <Empty title="No events">
        <p>Nothing was done yet that may be kept, or what was has run out or was erased.</p>
      </Empty>
    )}
    {earlier && (
      <p class="more">
        <a href={`/_u/console/people/${person}#journey`}>Back to the beginning</a>
      </p>
    )}
    {stretches(journey.steps).map((steps, index, all) => (
      <Stretch
        steps={steps}
        after={all[index - 1]?.at(-1)?.event.at}
        naming={naming}
        mayDecide={mayDecide}
      />
    ))}
    {journey.cursor !== null && (
      <p class="more">
        <a
          href={`/_u/console/people/${person}?${new URLSearchParams({ cursor: journey.cursor })}#journey`}
          rel="next"
        >
          Show what came after
        </a>
      </p>
    )}
  </Section>
);
