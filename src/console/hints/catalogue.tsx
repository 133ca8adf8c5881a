/** The catalogue: every action with its state, whom it is for, how many match now and how often it was taken. */
import type { Action } from "../../domain/action/catalogue.ts";
import { type ActionState, endOf, stateOf } from "../../domain/action/eligible.ts";
import { dayOf } from "../../domain/ids.ts";
import { catalogueInForce, insightOf } from "../../http/api/actions.ts";
import { asked } from "../../http/api/input.ts";
import { readTakes } from "../../d1/takes.ts";
import { count, percent, whole } from "../numbers.ts";
import { page, screen } from "../page.tsx";
import { Badge, Empty, Notice, StageBadge, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { CHANNEL_WORDS, STATE_TONES } from "./words.ts";

const DAYS = 30;

export interface CatalogueLine {
  action: Action;
  state: ActionState;
  sentence: string;
  /** Of those looked at. */
  matches: number;
  shown: number;
  taken: number;
}

export interface CatalogueProps {
  version: number;
  lines: readonly CatalogueLine[];
  lookedAt: number;
  /** Only those in this state; null for all. */
  state: ActionState | null;
  removed: boolean;
}

const STATES: readonly ActionState[] = ["live", "scheduled", "ended", "off"];

const States = ({ lines, state }: Pick<CatalogueProps, "lines" | "state">) => (
  <nav aria-label="State" class="ranges">
    <a href="/_u/console/actions" aria-current={state === null ? "true" : undefined}>
      All {lines.length}
    </a>
    {STATES.map((each) => ({ each, many: lines.filter((line) => line.state === each).length }))
      .filter(({ many }) => many > 0)
      .map(({ each, many }) => (
        <a
          href={`/_u/console/actions?state=${each}`}
          aria-current={each === state ? "true" : undefined}
        >
          {each} {many}
        </a>
      ))}
  </nav>
);

const When = ({ action: { start, end }, state }: CatalogueLine) => {
  if (state === "scheduled" && start !== null)
    return (
      <p class="soft">
        begins <Time at={new Date(start).toISOString()} />
      </p>
    );
  return end === null ? null : (
    <p class="soft">
      {state === "ended" ? "ended" : "ends"} <Time at={new Date(endOf(end)).toISOString()} />
    </p>
  );
};

export const CataloguePage = ({ version, lines, lookedAt, state, removed }: CatalogueProps) => {
  const shown = lines.filter((line) => state === null || line.state === state);
  return (
    <>
      <Title name="Next actions">
        <div class="actions">
          <a href="/_u/console/actions/versions">Version {version}</a>
          <a class="button" href="/_u/console/actions/new">
            New action
          </a>
        </div>
      </Title>
      {removed && (
        <Notice tone="good">
          <p>The action is out of the catalogue. Older versions keep it.</p>
        </Notice>
      )}
      {lines.length === 0 ? (
        <Empty title="There is no action yet">
          <p>
            An action says what to offer whom: its words, its conditions, and how often at most.{" "}
            <a href="/_u/console/actions/new">Make the first one</a>
          </p>
        </Empty>
      ) : (
        <>
          <States lines={lines} state={state} />
          <Table
            caption="Actions of the catalogue"
            rows={shown}
            columns={[
              {
                name: "Action",
                cell: ({ action, sentence }) => (
                  <>
                    <a href={`/_u/console/actions/${action.id}`}>{action.label}</a>
                    <p class="soft">{sentence}</p>
                  </>
                ),
              },
              {
                name: "State",
                cell: (line) => (
                  <>
                    <Badge tone={STATE_TONES[line.state]}>{line.state}</Badge>
                    <When {...line} />
                  </>
                ),
              },
              {
                name: "Goes out",
                cell: ({ action }) => <span class="nowrap">{CHANNEL_WORDS[action.channel]}</span>,
              },
              { name: "From stage", cell: ({ action }) => <StageBadge stage={action.stage} /> },
              { name: "Match now", number: true, cell: ({ matches }) => whole(matches) },
              {
                name: "Taken",
                number: true,
                cell: ({ action, shown: times, taken }) =>
                  times === 0 ? (
                    <span class="soft">not shown</span>
                  ) : (
                    <a href={`/_u/console/performance/${action.id}`}>
                      <span class="nowrap">
                        {whole(taken)} of {whole(times)}
                      </span>
                      <p class="soft">{percent(taken / times)}</p>
                    </a>
                  ),
              },
            ]}
          />
          <p class="soft">
            Matches are counted among the {count(lookedAt, "person", "people")} last seen; what was
            taken, over {DAYS} days. To know it of everybody,{" "}
            <a href="/_u/console/exports">make the list</a>.
          </p>
        </>
      )}
    </>
  );
};

export const getCataloguePage = page("marketer", async (visit) => {
  const { request, context } = visit;
  const { db, now } = context;
  const catalogue = await catalogueInForce(db);
  const today = dayOf(now);
  const [insight, takes] = await Promise.all([
    insightOf(context, catalogue),
    readTakes(db, today - DAYS + 1, today),
  ]);
  const lines = catalogue.actions.map((action, n): CatalogueLine => {
    const { sentence = "", people = 0 } = insight.actions[n] ?? {};
    const { shown = 0, taken = 0 } = takes.find((each) => each.action === action.id) ?? {};
    return { action, state: stateOf(action, now), sentence, matches: people, shown, taken };
  });
  const state = STATES.find((each) => each === asked(request, "state")) ?? null;
  const removed = asked(request, "removed") !== undefined;
  const { version } = catalogue;
  return screen(
    visit,
    "Next actions",
    <CataloguePage {...{ version, lines, lookedAt: insight.lookedAt, state, removed }} />,
  );
});
