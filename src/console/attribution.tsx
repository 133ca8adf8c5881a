/** Attribution: which channels and campaigns led to outcomes, what they cost and returned, and how much the figures cover. */
import { ATTRIBUTION_MODELS, type AttributionModel } from "../domain/attribution/attribute.ts";
import type { AttributionReport } from "../http/api/attribution-count.ts";
import { readCreditBy, readOutcome } from "../http/api/attribution.ts";
import { asked } from "../http/api/input.ts";
import { figuresFor } from "../http/api/reports.ts";
import { dayName } from "../domain/ids.ts";
import { shownAttribution } from "../http/kept.ts";
import { linesOf, ModelBars, ModelTable, ReturnTable } from "./attribution/models.tsx";
import { eventNames, OutcomeChoice } from "./attribution/outcome.tsx";
import { Paths } from "./attribution/paths.tsx";
import {
  coverageWords,
  credit,
  missingWords,
  MODEL_NAMES,
  MODEL_WORDS,
} from "./attribution/words.ts";
import { type Count, Counted } from "./counting.tsx";
import { money, whole } from "./numbers.ts";
import { page, screen } from "./page.tsx";
import { Empty, Figures, Notice, Section, Title } from "./parts.tsx";
import { daysIn, Ranges, rangeAsked } from "./ranges.tsx";
import { rangeWords } from "./days.ts";

export interface AttributionProps extends Count {
  report: AttributionReport;
  /** Names of events to choose an outcome from. */
  names: readonly string[];
  model: AttributionModel;
  now: number;
  days: number;
}

/** What is null isn't said. */
function hrefOf(parts: Readonly<Record<string, string | null>>): string {
  const said = Object.entries(parts).flatMap(([name, part]) =>
    part === null ? [] : [[name, part]],
  );
  return `/_u/console/attribution?${new URLSearchParams(said)}`;
}

const Choices = ({ report: { by, from, to, outcome }, model }: AttributionProps) => (
  <>
    <nav aria-label="Credit to" class="ranges">
      {(["channel", "campaign"] as const).map((each) => (
        <a
          href={hrefOf({ by: each, model, from, to, outcome })}
          aria-current={each === by ? "true" : undefined}
        >
          By {each}
        </a>
      ))}
    </nav>
    <nav aria-label="Model" class="ranges">
      {ATTRIBUTION_MODELS.map((each) => (
        <a
          href={hrefOf({ by, model: each, from, to, outcome })}
          aria-current={each === model ? "true" : undefined}
        >
          {MODEL_NAMES[each]}
        </a>
      ))}
    </nav>
  </>
);

const Coverage = ({ report: { outcomes, sampled } }: AttributionProps) => (
  <Section title="What these figures cover" id="coverage">
    <p>
      They speak of <strong>{coverageWords(outcomes)}</strong>: those under consent to advertising
      that had a touch before.{" "}
      {outcomes.touched < outcomes.all &&
        "The cost is whole and the outcomes aren't, so in all the real returns are at least as high as shown."}
    </p>
    <ul>
      {missingWords(outcomes).map((words) => (
        <li>{words}</li>
      ))}
    </ul>
    {sampled && (
      <p class="soft">
        There is more than is read at once: the figures are those of a sample of visitors.
      </p>
    )}
  </Section>
);

/** Beside what is told of outcomes: of how many of them. */
const Covered = ({ report: { outcomes } }: Pick<AttributionProps, "report">) =>
  outcomes.all === 0 ? null : (
    <a class="soft" href="#coverage">
      {coverageWords(outcomes)}
    </a>
  );

const Totals = ({ report, model }: AttributionProps) => {
  const lines = report.models[model] ?? [];
  const sum = (part: "conversions" | "value" | "cost"): number =>
    lines.reduce((total, line) => total + line[part], 0);
  const { all } = report.outcomes;
  const [cost, credited, worth] = [sum("cost"), sum("conversions"), sum("value")];
  const isWorth = report.outcome === null || worth > 0;
  return (
    <Figures
      figures={[
        {
          name: "Outcomes credited",
          value: credit(credited),
          note: all === 0 ? undefined : `of ${whole(all)}`,
        },
        ...(isWorth
          ? [{ name: "Worth", value: money(worth * 100), note: "of those credited" }]
          : []),
        { name: "Cost", value: money(cost * 100), note: "all that was imported" },
        isWorth
          ? {
              name: "Return on a unit spent",
              value: cost > 0 ? (worth / cost).toFixed(2) : "–",
              note: "worth by cost",
            }
          : {
              name: "Cost of an outcome",
              value: cost > 0 && credited > 0 ? money((cost / credited) * 100) : "–",
              note: "cost by outcomes",
            },
      ]}
    />
  );
};

export const AttributionPage = (given: AttributionProps) => {
  // A report begins where what was recorded for advertising is still kept: that may be after its end.
  const isOver = given.report.from > given.report.to;
  const report = isOver ? { ...given.report, from: given.report.to } : given.report;
  const props = { ...given, report };
  const { model, now, days } = given;
  const lines = linesOf(report.models, model);
  const first = report.by === "channel" ? "Channel" : "Campaign";
  // A channel's figures are those of its campaigns; of a campaign only its cost came from elsewhere.
  const { from, to, outcome } = report;
  const behind =
    report.by === "channel" ? hrefOf({ by: "campaign", model, from, to, outcome }) : undefined;
  const spent = lines.some(({ chosen }) => chosen.cost > 0);
  return (
    <>
      <Title name="Attribution">
        <Ranges
          now={now}
          days={days}
          href={hrefOf({ by: report.by, model, outcome })}
          from={report.from}
          to={report.to}
        />
      </Title>
      <Choices {...props} />
      <OutcomeChoice {...props} />
      <Counted {...props} />
      {isOver ? (
        <Empty title="Nothing of this range is kept any more">
          <p>What was recorded for advertising is kept as long as the policy says.</p>
        </Empty>
      ) : lines.length === 0 ? (
        <Empty title="No journey with a campaign in this range">
          <p>
            Journeys show once people consent to advertising and come by links with{" "}
            <code>utm_source</code> or a click id. What was spent comes by{" "}
            <a href="/_u/console/import">import</a>.
          </p>
        </Empty>
      ) : (
        <>
          <p class="soft">
            {MODEL_NAMES[model]}: {MODEL_WORDS[model]} {rangeWords(report.from, report.to)}, days in
            UTC.{" "}
            {outcome === null
              ? "An outcome is an event with a value."
              : `An outcome is the event ${outcome}, each time it happened.`}{" "}
            Money is in the site's currency.
          </p>
          <Totals {...props} />
          <Coverage {...props} />
          {!spent && (
            <Notice tone="note">
              <p>
                No cost is known in this range, so nothing can be said about returns.{" "}
                <a href="/_u/console/import">Import what was spent</a>
              </p>
            </Notice>
          )}
          <Section title="Models side by side" id="models" aside={<Covered {...props} />}>
            <ModelBars lines={lines} />
            <ModelTable lines={lines} first={first} behind={behind} />
          </Section>
          <Section
            title={`Cost and return (${MODEL_NAMES[model]})`}
            id="returns"
            aside={<Covered {...props} />}
          >
            <ReturnTable lines={lines} first={first} behind={behind} />
          </Section>
        </>
      )}
      {report.paths.length > 0 && (
        <Section title="The commonest paths" id="paths" aside={<Covered {...props} />}>
          <p class="soft">
            Touches in order, repeats as one, of journeys under consent to advertising.
          </p>
          <Paths paths={report.paths} />
        </Section>
      )}
    </>
  );
};

/** Before anything of this range was counted. */
export const AttributionSoonPage = ({
  by,
  model,
  from,
  to,
  outcome,
  names,
  now,
  days,
  counting,
}: Pick<AttributionReport, "by" | "from" | "to" | "outcome"> &
  Pick<AttributionProps, "model" | "names" | "now" | "days" | "counting">) => (
  <>
    <Title name="Attribution">
      <Ranges {...{ now, days, from, to }} href={hrefOf({ by, model, outcome })} />
    </Title>
    <OutcomeChoice report={{ by, from, to, outcome }} model={model} names={names} />
    <Counted at={null} counting={counting} />
  </>
);

export const getAttributionPage = page("marketer", async (visit) => {
  const { request, context } = visit;
  const range = rangeAsked(request, context.now);
  const by = readCreditBy(request);
  const outcome = readOutcome(request);
  const [{ report, ...count }, { figures }] = await Promise.all([
    shownAttribution(context, range, by, outcome),
    figuresFor(context, range, ["event"]),
  ]);
  const model = ATTRIBUTION_MODELS.find((each) => each === asked(request, "model")) ?? "linear";
  const names = eventNames(figures);
  const props = { ...count, model, names, now: context.now, days: daysIn(range) };
  const body =
    report === null ? (
      <AttributionSoonPage
        {...props}
        {...{ by, outcome }}
        from={dayName(range.from)}
        to={dayName(range.to)}
      />
    ) : (
      <AttributionPage {...props} report={report} />
    );
  return screen(visit, "Attribution", body);
});
