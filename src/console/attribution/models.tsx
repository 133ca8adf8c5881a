/** The models side by side: a bar a model for each channel, and the figures. */
import type { ChannelReturn } from "../../domain/attribution/spend.ts";
import { ATTRIBUTION_MODELS, type AttributionModel } from "../../domain/attribution/attribute.ts";
import { money } from "../numbers.ts";
import { Table } from "../table.tsx";
import { credit, MODEL_NAMES } from "./words.ts";

export type Models = Readonly<Record<string, readonly ChannelReturn[]>>;

export interface Line {
  channel: string;
  credits: Readonly<Record<AttributionModel, number>>;
  /** By the model that was chosen. */
  chosen: ChannelReturn;
}

/** The channel with most credit first; those that only cost money last. */
export function linesOf(models: Models, chosen: AttributionModel): Line[] {
  const of = (model: AttributionModel, channel: string): ChannelReturn | undefined =>
    models[model]?.find((each) => each.channel === channel);
  return (models[chosen] ?? [])
    .map((line) => ({
      channel: line.channel,
      chosen: line,
      credits: Object.fromEntries(
        ATTRIBUTION_MODELS.map((model) => [model, of(model, line.channel)?.conversions ?? 0]),
      ) as Record<AttributionModel, number>,
    }))
    .toSorted(
      (a, b) =>
        b.chosen.conversions - a.chosen.conversions ||
        b.chosen.cost - a.chosen.cost ||
        (a.channel < b.channel ? -1 : 1),
    );
}

const BAR = 7;
const GAP = 2;
const HEIGHT = ATTRIBUTION_MODELS.length * (BAR + GAP);
/** Channels drawn; the table holds all. */
const DRAWN = 8;

const Legend = () => (
  <ul class="legend">
    {ATTRIBUTION_MODELS.map((model, at) => (
      <li>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <rect class={`c${at}`} width="12" height="12" rx="3" />
        </svg>
        {MODEL_NAMES[model]}
      </li>
    ))}
  </ul>
);

interface Lines {
  lines: readonly Line[];
}

export const ModelBars = ({ lines }: Lines) => {
  const credited = lines.filter(({ credits }) => Object.values(credits).some((each) => each > 0));
  const drawn = credited.slice(0, DRAWN);
  const most = Math.max(...drawn.flatMap(({ credits }) => Object.values(credits)), 1e-9);
  return (
    <figure class="chart">
      <div
        class="plot models"
        role="img"
        aria-label="Outcomes credited to each channel by each model. The figures are in the table below."
      >
        {drawn.map(({ channel, credits }) => (
          <div>
            <span>{channel}</span>
            <svg width="100%" height={HEIGHT} aria-hidden="true">
              {ATTRIBUTION_MODELS.map((model, at) => (
                <rect
                  class={`c${at}`}
                  y={at * (BAR + GAP)}
                  width={`${((100 * credits[model]) / most).toFixed(2)}%`}
                  height={BAR}
                  rx="2"
                >
                  <title>{`${MODEL_NAMES[model]}: ${credit(credits[model])}`}</title>
                </rect>
              ))}
            </svg>
          </div>
        ))}
      </div>
      <Legend />
      {credited.length > DRAWN && (
        <figcaption class="soft">The {DRAWN} with most credit; the table holds all.</figcaption>
      )}
    </figure>
  );
};

interface Named {
  /** What a line is: a channel or a campaign. */
  first: string;
  /** Where what is behind a line is told, if it is. */
  behind?: string | undefined;
}

const Name = ({ channel, behind }: Pick<Line, "channel"> & Pick<Named, "behind">) =>
  behind === undefined ? <>{channel}</> : <a href={behind}>{channel}</a>;

export const ModelTable = ({ lines, first, behind }: Lines & Named) => (
  // Reachable by keyboard, so that what is wider than the page can be read.
  <div class="scroll" tabindex={0} role="region" aria-label="Outcomes credited by each model">
    <Table
      caption="Outcomes credited by each model"
      captionShown
      rows={lines}
      columns={[
        { name: first, cell: ({ channel }) => <Name {...{ channel, behind }} /> },
        ...ATTRIBUTION_MODELS.map((model) => ({
          name: MODEL_NAMES[model],
          number: true,
          cell: ({ credits }: Line) => credit(credits[model]),
        })),
      ]}
    />
  </div>
);

const ratio = (value: number | null): string => (value === null ? "–" : value.toFixed(2));

/** What it cost and what came back, by the model that was chosen, with what the figures cover beside them. */
export const ReturnTable = ({ lines, first, behind }: Lines & Named) => (
  <Table
    caption="Cost and return"
    rows={lines}
    columns={[
      { name: first, cell: ({ channel }) => <Name {...{ channel, behind }} /> },
      {
        name: "Outcomes",
        number: true,
        cell: ({ chosen }) => credit(chosen.conversions),
      },
      {
        name: "Worth",
        number: true,
        rem: 6.5,
        cell: ({ chosen }) => money(chosen.value * 100),
      },
      {
        name: "Cost",
        number: true,
        rem: 6.5,
        cell: ({ chosen }) =>
          chosen.cost === 0 ? (
            <span class="soft">none</span>
          ) : (
            <a href="/_u/console/import">{money(chosen.cost * 100)}</a>
          ),
      },
      {
        name: "Cost of an outcome",
        number: true,
        cell: ({ chosen }) =>
          chosen.costPerConversion === null ? "–" : money(chosen.costPerConversion * 100),
      },
      {
        name: "Return on a unit spent",
        number: true,
        cell: ({ chosen }) => ratio(chosen.returnOnSpend),
      },
    ]}
  />
);
