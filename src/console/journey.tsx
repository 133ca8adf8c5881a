/** The journey as a timeline over devices and channels, each event with the purposes it was recorded under. */
import type { UsherEvent } from "../domain/event.ts";
import { dayName, dayOf } from "../domain/ids.ts";
import type { JourneyFound, Step } from "../http/api/journey.ts";
import { iso } from "../http/api/input.ts";
import type { Naming } from "./identity.tsx";
import { Badge, Empty, Section, Time } from "./parts.tsx";
import { campaignWords, eventWords } from "./words.ts";

const Details = ({ event }: { event: UsherEvent }) => {
  const { page, campaign, topics, valueCents } = event;
  return (
    <>
      {page && <p class="soft path">{page.path}</p>}
      {campaign && <p>Came from {campaignWords(campaign)}</p>}
      {topics && topics.length > 0 && <p class="soft">About {topics.join(", ")}</p>}
      {valueCents !== undefined && <p>Worth {(valueCents / 100).toFixed(2)}</p>}
    </>
  );
};

const Happened = ({ step, naming }: { step: Step; naming: Naming }) => {
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
          <Time at={iso(event.at)} as="time" /> · {event.channel} · {naming.words(visitor)}
        </p>
        <p class="purposes">
          <span class="soft">Recorded under policy {event.policy} for</span>{" "}
          {event.purposes.map((purpose) => (
            <Badge tone="purpose">{purpose}</Badge>
          ))}
        </p>
      </div>
    </li>
  );
};

/** Days by UTC, in the order of the steps. */
function byDay(steps: readonly Step[]): [string, Step[]][] {
  const days = new Map<string, Step[]>();
  for (const step of steps) {
    const day = dayName(dayOf(step.event.at));
    days.set(day, [...(days.get(day) ?? []), step]);
  }
  return [...days];
}

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });

export const Journey = ({
  journey,
  naming,
  person,
  earlier,
}: {
  journey: JourneyFound;
  naming: Naming;
  person: string;
  /** This isn't the first page. */
  earlier: boolean;
}) => (
  <Section title="Journey" id="journey">
    {journey.steps.length === 0 && (
      <Empty title="No events">
        <p>What was recorded has been removed: its retention ended, or it was erased.</p>
      </Empty>
    )}
    {earlier && (
      <p class="more">
        <a href={`/_u/console/people/${person}#journey`}>Back to the beginning</a>
      </p>
    )}
    {byDay(journey.steps).map(([day, steps]) => (
      <>
        <h3>{DAY.format(new Date(day))}</h3>
        <ol class="timeline">
          {steps.map((step) => (
            <Happened step={step} naming={naming} />
          ))}
        </ol>
      </>
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
