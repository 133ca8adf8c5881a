/** The first page: what came in, from whom, with whose consent; what was not recorded and why. */
import { STAGE_NAMES } from "../domain/person/stage.ts";
import type { Role } from "../http/auth.ts";
import { type Overview, overview } from "../http/api/overview.ts";
import { seeOther } from "../http/respond.ts";
import { CONSENT_OVERVIEW } from "./consent/overview.tsx";
import { Bars, daysBetween, spread } from "./chart.tsx";
import { average, changeWords, count, money, whole } from "./numbers.ts";
import {
  Consent,
  Dropped,
  List,
  shareOf,
  total,
  Trouble,
  troubleWords,
} from "./overview-parts.tsx";
import { page, screen } from "./page.tsx";
import { Empty, type FigureProps, Figures, Notice, Section, Title } from "./parts.tsx";
import { reach } from "./places.ts";
import { Ranges, rangeAsked } from "./ranges.tsx";
import type { Share } from "./table.tsx";
import { campaignWords, DEVICE_WORDS, PLACE_WORDS, wordFor } from "./words.ts";

/** Persons of the days that were known by an identifier, of all. */
function identified({ stages }: Overview): { known: number; all: number } {
  const known = stages.reduce((sum, day) => sum + day.identified + day.person, 0);
  const rest = stages.reduce((sum, day) => sum + day.device + day.activity, 0);
  return { known, all: known + rest };
}

function figuresOf(found: Overview, role: Role): FigureProps[] {
  const { before, choices, days, hints } = found;
  const answered = choices.reduce((sum, each) => sum + each.answered, 0);
  const agreed = choices.reduce((sum, each) => sum + each.all + each.some, 0);
  const people = identified(found);
  // Before a new site's first day there was nothing to come to.
  const begun = before === null ? (days[0]?.day ?? found.from) : found.from;
  const span = daysBetween(begun, found.to).length;
  return [
    {
      name: "Visitors a day",
      value: average(found.visits / span),
      note: changeWords(found.visits, before?.visits ?? null),
      href: "#visitors",
    },
    {
      name: "Events",
      value: whole(found.events),
      note: changeWords(found.events, before?.events ?? null),
      href: reach(role, "/_u/console/live") ?? "#events",
    },
    {
      name: "Agree when asked",
      value: shareOf(agreed, answered),
      note: `of ${count(answered, "answer")}`,
      href: "#consent",
    },
    {
      name: "Known by an identifier",
      value: shareOf(people.known, people.all),
      note: "of the people of a day",
      href: "#stages",
    },
    {
      name: "Hints taken",
      value: shareOf(hints.taken, hints.shown),
      note: `${whole(hints.taken)} of ${whole(hints.shown)} shown`,
      href: reach(role, "/_u/console/performance"),
    },
    {
      name: "Orders",
      value: whole(found.orders),
      note: `worth ${money(found.revenue * 100)}`,
      href: reach(role, "/_u/console/attribution"),
    },
    {
      name: "Not recorded",
      value: whole(total(found.dropped)),
      note: `on ${count(days.length, "day")} with events`,
      href: "#dropped",
    },
    {
      name: "Late or failed",
      value: whole(total(found.waited) + total(found.errors)),
      note: troubleWords(found),
      href: "#trouble",
    },
  ];
}

const Days = ({ found, role }: { found: Overview; role: Role }) => {
  const days = daysBetween(found.from, found.to);
  if (found.events === 0)
    return (
      <Section title="Visitors by day" id="visitors">
        <Empty title="Nothing was recorded in this range">
          <p>
            Is the snippet on the site, and does anybody consent?{" "}
            {reach(role, "/_u/console/install") && (
              <>
                <a href="/_u/console/install">The install page has it.</a>{" "}
              </>
            )}
            {reach(role, "/_u/console/setup") && (
              <a href="/_u/console/setup">The setup check says what is missing.</a>
            )}
          </p>
        </Empty>
      </Section>
    );
  return (
    <>
      <Section title="Visitors by day" id="visitors">
        <Bars
          what="Visitors by day"
          days={days}
          series={[
            { name: "Visitors", values: spread(days, found.days, ({ visitors }) => visitors) },
          ]}
        />
      </Section>
      <Section title="Events by day" id="events">
        <Bars
          what="Events by day"
          days={days}
          series={[{ name: "Events", values: spread(days, found.days, ({ events }) => events) }]}
        />
      </Section>
    </>
  );
};

const Stages = ({ found, role }: { found: Overview; role: Role }) => {
  const days = daysBetween(found.from, found.to);
  const people = reach(role, "/_u/console/people");
  const series = (["person", "identified", "activity", "device"] as const).map((stage) => ({
    name: STAGE_NAMES[stage],
    href: people && `${people}?stage=${stage}`,
    values: spread(days, found.stages, (day) => day[stage]),
  }));
  return (
    <Section
      title="People by how well they are known"
      id="stages"
      aside={people && <a href={people}>All people</a>}
    >
      {found.stages.length === 0 ? (
        <Empty title="Nobody in this range" />
      ) : (
        <Bars what="People by day and stage" days={days} series={series} />
      )}
    </Section>
  );
};

const byEvents = (
  lines: readonly { value: string; events: number }[],
  words: Readonly<Record<string, string>>,
): Share[] => lines.map(({ value, events }) => ({ name: wordFor(words, value), value: events }));

const campaignsOf = ({ campaigns }: Overview, href: string | undefined): Share[] =>
  campaigns.map(({ source, medium, name, events }) => ({
    name: campaignWords({
      ...(source ? { source } : {}),
      ...(medium ? { medium } : {}),
      ...(name ? { name } : {}),
    }),
    value: events,
    href,
  }));

export interface OverviewProps {
  found: Overview;
  role: Role;
  now: number;
}

export const OverviewBody = ({ found, role, now }: OverviewProps) => {
  const days = daysBetween(found.from, found.to).length;
  const { from, to } = found;
  const costs = {
    href: reach(role, `/_u/console/attribution?by=campaign&from=${from}&to=${to}`),
    words: "What they cost",
  };
  return (
    <>
      <Title name="Overview">
        <Ranges now={now} days={days} href="/_u/console/" from={found.from} to={found.to} />
      </Title>
      {found.late && (
        <Notice tone="note">
          <p>Today has so many events that its figures are up to five minutes old.</p>
        </Notice>
      )}
      <Figures figures={figuresOf(found, role)} />
      <div class="sides">
        <Days found={found} role={role} />
        <Stages found={found} role={role} />
        <Consent found={found} role={role} />
        <List
          title="Campaigns"
          id="campaigns"
          of="Events"
          rows={campaignsOf(found, costs.href)}
          more={costs}
        />
        <Dropped found={found} role={role} />
        <List
          title="Devices"
          id="devices"
          of="Events"
          rows={byEvents(found.devices, DEVICE_WORDS)}
        />
        <List
          title="Channels"
          id="channels"
          of="Events"
          rows={byEvents(found.channels, PLACE_WORDS)}
        />
        <Trouble found={found} />
      </div>
      <p class="soft">Days are in UTC, by the visitors' own clocks.</p>
    </>
  );
};

export const getOverviewPage = page("either", async (visit) => {
  const { request, context, session } = visit;
  // Figures of marketing aren't an officer's, who has an overview of their own.
  if (session.role === "officer")
    return seeOther(`${CONSENT_OVERVIEW}${new URL(request.url).search}`);
  const found = await overview(context, rangeAsked(request, context.now));
  return screen(
    visit,
    "Overview",
    <OverviewBody found={found} role={session.role} now={context.now} />,
  );
});
