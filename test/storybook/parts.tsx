/** The shared parts on one page, for those who build pages of them. */
import { Bars, daysBetween, Intervals, Lines } from "../../src/console/chart.tsx";
import { Diff } from "../../src/console/diff.tsx";
import { Checked, errorsFrom, Field } from "../../src/console/field.tsx";
import { percent } from "../../src/console/numbers.ts";
import {
  Badge,
  Empty,
  Figures,
  Notice,
  Pages,
  Progress,
  Section,
  Subnav,
  Time,
  Title,
} from "../../src/console/parts.tsx";
import { Shares, Table } from "../../src/console/table.tsx";
import type { Story } from "./story.ts";

const days = daysBetween("2026-10-24", "2026-11-22");
const wave = (height: number, phase: number): number[] =>
  days.map((_, at) => Math.round(height * (1.2 + Math.sin(at / 3 + phase))));

const rows = [
  { name: "newsletter / email, spring-renewal", events: 1204, worth: 12_450 },
  { name: "google / cpc, season-tickets", events: 331, worth: 980 },
  {
    name: "a-name-without-any-space-that-somebody-sent-and-that-is-quite-long-for-a-phone",
    events: 2,
    worth: 0,
  },
];

export const stories: readonly Story[] = [
  {
    name: "parts",
    path: "/_u/console/",
    title: "Parts",
    role: "owner",
    body: (
      <>
        <Title name="Parts of a page">
          <a class="button quiet" href="#form">
            Go to the form
          </a>
        </Title>
        <Subnav
          label="Parts"
          path="/a"
          items={[
            { name: "First", href: "/a" },
            { name: "Second", href: "/b" },
          ]}
        />
        <Notice tone="good">
          <p>The policy is published as version 4.</p>
        </Notice>
        <Notice tone="note">
          <p>Two origins wait for approval.</p>
        </Notice>
        <Notice tone="danger">
          <p>This can't be taken back.</p>
        </Notice>
        <Figures
          figures={[
            { name: "Events", value: "12,043", href: "/_u/console/live" },
            { name: "Consent", value: percent(0.624), note: "of 4,120 asked" },
            { name: "Waiting", value: "0" },
          ]}
        />
        <div class="sides">
          <Section title="Bars" id="bars">
            <Bars
              what="Events by day"
              days={days}
              series={[
                { name: "Web", values: wave(900, 0) },
                { name: "App", values: wave(300, 2) },
              ]}
            />
          </Section>
          <Section title="Lines" id="lines">
            <Lines
              what="Share that consents, by day"
              days={days}
              format={percent}
              series={[
                {
                  name: "Opt-in",
                  values: wave(0.3, 0).map((_, at) => 0.5 + 0.1 * Math.sin(at / 4)),
                },
                { name: "Opt-out", values: days.map((_, at) => 0.9 - 0.05 * Math.cos(at / 3)) },
              ]}
            />
          </Section>
          <Section title="Intervals" id="intervals">
            <Intervals
              what="Lift by action"
              of="Lift"
              format={percent}
              rows={[
                { name: "Get the app", low: -0.02, mid: 0.04, high: 0.1 },
                { name: "Renew", low: 0.05, mid: 0.11, high: 0.17 },
              ]}
            />
          </Section>
          <Section title="Shares" id="shares" aside={<a href="/_u/console/people">All</a>}>
            <Shares
              caption="Campaigns"
              of="Events"
              rows={rows.map(({ name, events }) => ({ name, value: events }))}
            />
          </Section>
        </div>
        <Table
          caption="Campaigns"
          rows={rows}
          columns={[
            { name: "Campaign", cell: ({ name }) => <a href="/_u/console/attribution">{name}</a> },
            { name: "Events", number: true, cell: ({ events }) => events.toLocaleString("en") },
            { name: "Worth", number: true, cell: ({ worth }) => worth.toFixed(2) },
            { name: "Last", cell: () => <Time at="2026-11-22T12:00:00Z" /> },
            { name: "State", cell: () => <Badge tone="verified">done</Badge> },
          ]}
        />
        <Pages
          first="/_u/console/people"
          next="/_u/console/people?cursor=x"
          words={{ first: "Newest", next: "Older" }}
        />
        <Section title="A form that came back" id="form">
          <Checked
            errors={errorsFrom([{ name: "days", message: "Must be a whole number" }], {
              days: "Days kept",
            })}
          >
            <form class="stack" method="post" action="/">
              <Field name="who" label="Name" help="As people call it.">
                {(wired) => <input {...wired} value="Spring renewal" />}
              </Field>
              <Field name="days" label="Days kept">
                {(wired) => <input {...wired} value="many" />}
              </Field>
              <label class="check">
                <input type="checkbox" name="sure" /> I have read what it costs
              </label>
              <div class="actions">
                <button type="submit">Publish</button>
                <button type="submit" class="danger">
                  Delete
                </button>
                <a href="/">Leave it</a>
              </div>
            </form>
          </Checked>
        </Section>
        <Section title="Difference" id="difference">
          <Diff
            label="Changes to the policy"
            before={"{\n  version: 3,\n  a: 1,\n  b: 2,\n  c: 3,\n  d: 4,\n  days: 30\n}"}
            after={
              "{\n  version: 4,\n  a: 1,\n  b: 2,\n  c: 3,\n  d: 4,\n  days: 30,\n  new: true\n}"
            }
          />
        </Section>
        <Section title="Work" id="work">
          <Progress label="Importing people.csv" done={1200} of={5000} href="/_u/console/import" />
          <Progress label="Counting" done={1200} of={null} href="/_u/console/import" />
        </Section>
        <Section title="Nothing" id="nothing">
          <Empty title="Nothing in this range">
            <p>Try a longer one.</p>
          </Empty>
        </Section>
      </>
    ),
  },
];
