/** The first page: what came in, by which ways, and what was not recorded and why. */
import { DAY_MS, dayName, dayOf } from "../domain/ids.ts";
import { overview, readRange } from "../http/api/reports.ts";
import { seeOther } from "../http/respond.ts";
import { Bars, daysBetween, spread } from "./chart.tsx";
import { page, screen } from "./page.tsx";
import { Empty, Section } from "./parts.tsx";
import { count } from "./numbers.ts";
import { campaignWords, dropWords } from "./words.ts";

const RANGES = [7, 30, 90] as const;

const Ranges = ({ now, days }: { now: number; days: number }) => (
  <nav aria-label="Range" class="ranges">
    {RANGES.map((each) => {
      const from = dayName(dayOf(now - (each - 1) * DAY_MS));
      return (
        <a href={`/_u/console/?from=${from}`} aria-current={each === days ? "true" : undefined}>
          {each} days
        </a>
      );
    })}
  </nav>
);

const Figure = ({ value, name }: { value: string; name: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

interface Row {
  name: string;
  value: number;
}

/** A table whose rows show their share. */
const Shares = ({
  title,
  id,
  of,
  rows,
}: {
  title: string;
  id: string;
  of: string;
  rows: Row[];
}) => {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <Section title={title} id={id}>
      {rows.length === 0 ? (
        <Empty title="Nothing in this range" />
      ) : (
        <table class="shares">
          <caption class="hidden">{title}</caption>
          <thead class="hidden">
            <tr>
              <th scope="col">{title}</th>
              <th scope="col">{of}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, value }) => (
              <tr>
                <th scope="row">
                  {name}
                  <meter min={0} max={most} value={value} aria-hidden="true" />
                </th>
                <td class="number">{value.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
};

const byEvents = (lines: readonly { value: string; events: number }[]): Row[] =>
  lines.map(({ value, events }) => ({ name: value, value: events }));

type Overview = Awaited<ReturnType<typeof overview>>;

const campaignsOf = ({ campaigns }: Overview): Row[] =>
  campaigns.map(({ source, medium, name, events }) => ({
    name: campaignWords({
      ...(source ? { source } : {}),
      ...(medium ? { medium } : {}),
      ...(name ? { name } : {}),
    }),
    value: events,
  }));

const Figures = ({ found }: { found: Overview }) => {
  const dropped = found.dropped.reduce((sum, each) => sum + each.count, 0);
  const busiest = Math.max(0, ...found.days.map(({ visitors }) => visitors));
  return (
    <dl class="figures">
      <Figure name="Events" value={found.events.toLocaleString("en")} />
      <Figure name="Devices on the busiest day" value={busiest.toLocaleString("en")} />
      <Figure name="Orders" value={found.orders.toLocaleString("en")} />
      <Figure
        name="Worth"
        value={found.revenue.toLocaleString("en", { minimumFractionDigits: 2 })}
      />
      <Figure name="Not recorded" value={dropped.toLocaleString("en")} />
    </dl>
  );
};

export const getOverviewPage = page("either", async (visit) => {
  const { request, context, session } = visit;
  // Figures are the marketer's; an officer's work begins with people.
  if (session.role === "officer") return seeOther("/_u/console/people");
  const range = readRange(request, context.now);
  const found = await overview(context, range);
  const days = daysBetween(found.from, found.to);
  return screen(
    visit,
    "Overview",
    <>
      <header class="title">
        <h1>Overview</h1>
        <Ranges now={context.now} days={range.to - range.from + 1} />
      </header>
      <Figures found={found} />
      <Section title="Events by day" id="days">
        {found.events === 0 ? (
          <Empty title="Nothing was recorded in this range">
            <p>
              Is the snippet on the site, and does anybody consent? Today is counted at once, days
              before it by a job that runs every five minutes.
            </p>
          </Empty>
        ) : (
          <>
            <Bars
              what="Events by day"
              days={days}
              series={[
                { name: "Events", values: spread(days, found.days, ({ events }) => events) },
              ]}
            />
            <p class="soft">{count(found.days.length, "day")} with events; days are in UTC.</p>
          </>
        )}
      </Section>
      <div class="sides">
        <Shares title="Devices" id="devices" of="Events" rows={byEvents(found.devices)} />
        <Shares title="Channels" id="channels" of="Events" rows={byEvents(found.channels)} />
        <Shares title="Campaigns" id="campaigns" of="Events" rows={campaignsOf(found)} />
        <Shares
          title="Not recorded, and why"
          id="dropped"
          of="Messages"
          rows={found.dropped.map(({ reason, regime, count: value }) => ({
            name: dropWords(reason, regime),
            value,
          }))}
        />
      </div>
    </>,
  );
});
