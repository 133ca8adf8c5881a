/** How the actions do: takes, lift over the hold-out, and whether what is learned can be trusted. */
import type { actionReport } from "../../http/api/action-report.ts";
import { shownActions } from "../../http/kept.ts";
import { type Range } from "../../http/api/reports.ts";
import { dayName } from "../../domain/ids.ts";
import { STAGE_NAMES } from "../../domain/person/stage.ts";
import { Problem } from "../../domain/problem.ts";
import { Intervals } from "../chart.tsx";
import { type Count, Counted } from "../counting.tsx";
import { count, percent, whole } from "../numbers.ts";
import { page, screen } from "../page.tsx";
import { Empty, Figures, Notice, Section, Title } from "../parts.tsx";
import { daysIn, Ranges, rangeAsked } from "../ranges.tsx";
import { liftWords, points, ratioWords, type TakesLine, TakesTable } from "./takes.tsx";
import { DEVICE_WORDS, wordFor } from "../words.ts";
import { CHANNEL_WORDS } from "./words.ts";
import { rangeWords } from "../days.ts";

export type Report = Awaited<ReturnType<typeof actionReport>>;
type ActionLine = Report["actions"][number];

export interface PerformanceProps extends Count {
  report: Report;
  now: number;
  days: number;
}

const PERFORMANCE = "/_u/console/performance";
const hrefOf = (id: string): string => `${PERFORMANCE}/${encodeURIComponent(id)}`;
const nameOf = ({ id, label }: ActionLine): string => label ?? `${id} (taken out)`;

const Quiet = ({ report: { quiet, outcomes, quietUntil } }: { report: Report }) =>
  quiet ? (
    <Notice tone="note">
      <p>
        <strong>Quiet mode.</strong> {whole(outcomes)} of {whole(quietUntil)} outcomes are known.
        Until then the order follows your own estimates (takes expected at first × worth × lever),
        and nothing is guessed from luck.
      </p>
    </Notice>
  ) : (
    <p class="soft">
      Learning from {count(outcomes, "outcome")}: what was taken, dismissed or expired. Older
      outcomes fade; half of their weight is gone after 60 days.
    </p>
  );

const Sampled = ({ report }: { report: Report }) =>
  report.sampled ? (
    <Notice tone="note">
      <p>
        More was shown than is read at once, so the figures are those of a sample of visitors. A
        shorter range is whole.
      </p>
    </Notice>
  ) : null;

export const PerformancePage = ({ report, at, counting, now, days }: PerformanceProps) => {
  const shown = report.actions.filter((action) => action.shown > 0 || action.lift);
  const silent = report.actions.filter((action) => action.shown === 0 && !action.lift);
  const lifts = report.actions.flatMap((action) => {
    const { lift, interval } = action.lift ?? {};
    if (lift === null || lift === undefined || !interval) return [];
    const [low, high] = interval;
    return [{ name: nameOf(action), href: hrefOf(action.id), low, mid: lift, high }];
  });
  const sum = (part: "shown" | "taken"): number =>
    report.actions.reduce((total, action) => total + action[part], 0);
  return (
    <>
      <Title name="Performance">
        <Ranges now={now} days={days} href={PERFORMANCE} from={report.from} to={report.to} />
      </Title>
      <Quiet report={report} />
      <Counted at={at} counting={counting} />
      <Sampled report={report} />
      {shown.length === 0 ? (
        <Empty title="Nothing was shown in this range">
          <p>
            Put a slot on a page (<code>data-usher-slot</code>), or ask <code>usher.next()</code>;
            what people do with a hint shows here within ten seconds.
          </p>
        </Empty>
      ) : (
        <>
          <Figures
            figures={[
              {
                name: "Shown",
                value: whole(sum("shown")),
                note: "in these days, or before and ended in them",
              },
              { name: "Taken", value: whole(sum("taken")) },
              {
                name: "Rate",
                value: sum("shown") > 0 ? percent(sum("taken") / sum("shown")) : "–",
                note: "of all that was shown",
              },
            ]}
          />
          <Section title="By action" id="actions">
            <TakesTable
              caption="Takes by action"
              first="Action"
              rows={shown.map((action) => ({
                ...action,
                name: nameOf(action),
                href: hrefOf(action.id),
              }))}
            />
            {silent.length > 0 && <p class="soft">Not shown: {silent.map(nameOf).join(", ")}.</p>}
          </Section>
          <Section title="By channel" id="channels">
            <TakesTable caption="Takes by channel" first="Channel" rows={channelLines(report)} />
          </Section>
        </>
      )}
      <Section title="Lift over those held out" id="lift">
        {lifts.length === 0 ? (
          <p class="soft">
            Nothing is measured. Give an action an event it is for and a hold-out: a few percent of
            visitors never see it, and are compared with the rest.
          </p>
        ) : (
          <Intervals what="Lift by action" of="Lift" rows={lifts} format={points} />
        )}
      </Section>
    </>
  );
};

const channelLines = ({ channels }: Report): TakesLine[] =>
  channels.map(({ value, ...takes }) => ({
    ...takes,
    name: value === null ? "of actions taken out" : CHANNEL_WORDS[value],
  }));

const PARTS = [
  ["segment", "Segment", {}],
  ["stage", "Stage", STAGE_NAMES],
  ["device", "Device", DEVICE_WORDS],
  ["topic", "Topic read most", {}],
  ["slot", "Slot", {}],
] as const satisfies readonly (readonly [string, string, Readonly<Record<string, string>>])[];

const Log = ({ propensity: { hints, least, effective } }: Pick<ActionLine, "propensity">) => {
  if (hints === 0 || least === null) return <p class="soft">No hint carries a chance yet.</p>;
  const share = effective / hints;
  return (
    <>
      <p>
        Each of {count(hints, "hint")} carries the chance with which it was chosen; the smallest is{" "}
        {percent(least)}.
      </p>
      <p>
        Weighed by these chances they say as much as {whole(effective)} of even ones (
        {percent(share)}).{" "}
        {share < 0.1
          ? "A few rare draws outweigh the rest: judge another way of choosing only on a longer range."
          : "That is enough to judge another way of choosing by the log."}
      </p>
    </>
  );
};

export const ActionPerformancePage = ({
  action,
  report,
  at,
  counting,
  now,
  days,
}: PerformanceProps & { action: ActionLine }) => (
  <>
    <Title name={`How “${nameOf(action)}” does`}>
      <Ranges now={now} days={days} href={hrefOf(action.id)} from={report.from} to={report.to} />
    </Title>
    <p class="soft">
      {rangeWords(report.from, report.to)}, days in UTC.{" "}
      {action.label !== null && (
        <a href={`/_u/console/actions/${encodeURIComponent(action.id)}`}>The action</a>
      )}
    </p>
    <Quiet report={report} />
    <Counted at={at} counting={counting} />
    <Sampled report={report} />
    <Figures
      figures={[
        { name: "Shown", value: whole(action.shown) },
        { name: "Taken", value: whole(action.taken) },
        { name: "Dismissed", value: whole(action.dismissed) },
        { name: "Expired", value: whole(action.expired), note: "shown, and not acted on in time" },
        { name: "Open", value: whole(action.open) },
        {
          name: "Rate",
          value: action.rate === null ? "–" : percent(action.rate),
          note: action.interval
            ? `${percent(action.interval[0])} to ${percent(action.interval[1])} (95 %)`
            : "none closed yet",
        },
      ]}
    />
    <div class="sides">
      <Section title="Lift over those held out" id="lift">
        {action.lift === null ? (
          <p class="soft">
            Nobody is held out, or there is no event to measure by. Set both in the action.
          </p>
        ) : (
          <>
            <p>{liftWords(action.lift)}</p>
            <p class="soft">{ratioWords(action.lift)}</p>
          </>
        )}
      </Section>
      <Section title="The log of chances" id="log">
        <Log propensity={action.propensity} />
      </Section>
    </div>
    {PARTS.map(([part, name, words]) => {
      const lines = action.by[part] ?? [];
      return lines.length === 0 ? null : (
        <Section title={`By ${name.toLowerCase()}`} id={`by-${part}`}>
          <TakesTable
            caption={`Takes by ${name.toLowerCase()}`}
            first={name}
            rows={lines.map(({ value, ...takes }) => ({
              ...takes,
              name: value === null ? "not known" : wordFor(words, value),
            }))}
          />
        </Section>
      );
    })}
  </>
);

/** Before anything of this range was counted. */
export const PerformanceSoonPage = ({
  path,
  range,
  now,
  counting,
}: {
  path: string;
  range: Range;
} & Pick<PerformanceProps, "now" | "counting">) => {
  const days = { from: dayName(range.from), to: dayName(range.to) };
  return (
    <>
      <Title name="Performance">
        <Ranges now={now} days={daysIn(range)} href={path} {...days} />
      </Title>
      <Counted at={null} counting={counting} />
    </>
  );
};

export const getPerformancePage = page("marketer", async (visit) => {
  const { request, context } = visit;
  const { now } = context;
  const range = rangeAsked(request, now);
  const { report, ...count } = await shownActions(context, range);
  const props = { ...count, now, days: daysIn(range) };
  const body =
    report === null ? (
      <PerformanceSoonPage {...props} path={PERFORMANCE} range={range} />
    ) : (
      <PerformancePage {...props} report={report} />
    );
  return screen(visit, "Performance", body);
});

export const getActionPerformancePage = page("marketer", async (visit) => {
  const { request, context } = visit;
  const { now } = context;
  const range = rangeAsked(request, now);
  const id = request.params["id"] ?? "";
  const { report, ...count } = await shownActions(context, range);
  const props = { ...count, now, days: daysIn(range) };
  if (report === null) {
    const body = <PerformanceSoonPage {...props} path={hrefOf(id)} range={range} />;
    return screen(visit, "Performance", body);
  }
  const action = report.actions.find((each) => each.id === id);
  if (!action) throw new Problem("not_found", "there is no such action, nor was there one");
  const body = <ActionPerformancePage {...props} report={report} action={action} />;
  return screen(visit, nameOf(action), body);
});
