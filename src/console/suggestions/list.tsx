/** People who are probably one: those to decide about, and what was decided. */
import type { SuggestionState } from "../../d1/suggestions.ts";
import { asked } from "../../http/api/input.ts";
import {
  personsIn,
  readState,
  type SuggestionAnswer,
  suggestionsPage,
  type SuggestionsPage,
} from "../../http/api/suggestions.ts";
import { isAbout } from "../../http/audit.ts";
import { percent } from "../numbers.ts";
import { page, screen } from "../page.tsx";
import { Empty, Pages, Subnav, Time, Title } from "../parts.tsx";
import { type Column, Table } from "../table.tsx";
import { RULES } from "../rules/nav.tsx";
import { nameOnSide, reasonsInShort } from "./words.ts";

export const SUGGESTIONS_PATH = "/_u/console/suggestions";

const ON_A_PAGE = 25;

const NAMES: Readonly<Record<SuggestionState, string>> = {
  open: "To decide",
  approved: "Joined",
  automatic: "Joined by rule",
  rejected: "Two people",
};

const pathOf = (state: SuggestionState): string =>
  state === "open" ? SUGGESTIONS_PATH : `${SUGGESTIONS_PATH}?state=${state}`;

const columns: readonly Column<SuggestionAnswer>[] = [
  {
    name: "Who",
    cell: (suggestion) => (
      <a href={`${SUGGESTIONS_PATH}/${suggestion.id}`}>
        {nameOnSide(suggestion, "a")} and {nameOnSide(suggestion, "b")}
      </a>
    ),
  },
  { name: "Sure", cell: ({ probability }) => percent(probability), number: true },
  { name: "Because", cell: ({ reasons }) => reasonsInShort(reasons) },
  {
    name: "When",
    cell: ({ at, decided }) =>
      decided ? (
        <>
          <Time at={decided.at} /> by the {decided.by === "policy" ? "merge rules" : decided.by}
        </>
      ) : (
        <Time at={at} />
      ),
  },
];

const NOTHING: Readonly<Record<SuggestionState, string>> = {
  open: "Nothing to decide",
  approved: "Nobody was joined on a suggestion",
  automatic: "Nobody was joined by rule",
  rejected: "No suggestion was turned down",
};

export interface ListProps extends SuggestionsPage {
  state: SuggestionState;
  /** Whether this page goes on from another. */
  further: boolean;
  /** Whether devices are compared by where they are seen, beside records by what they say. */
  comparesDevices: boolean;
}

export const SuggestionsListPage = ({
  suggestions,
  cursor,
  state,
  further,
  comparesDevices,
}: ListProps) => (
  <>
    <Title name="Suggestions" />
    <p>
      People whose records say much the same of them. Nothing is joined before you say so, unless{" "}
      <a href={`${RULES}#probable`}>the identity rules</a> allow it; either can be undone.
    </p>
    <p class="soft">
      {comparesDevices
        ? "Devices are compared, too, by the places at which they are seen. Nobody is ever joined by that without you."
        : "Devices aren't compared by where they are seen."}{" "}
      <a href={`${RULES}#probable`}>The identity rules</a> say so.
    </p>
    <Subnav
      label="Suggestions"
      path={pathOf(state)}
      items={(Object.keys(NAMES) as SuggestionState[]).map((each) => ({
        name: NAMES[each],
        href: pathOf(each),
      }))}
    />
    {suggestions.length === 0 ? (
      <Empty title={NOTHING[state]}>
        {state === "open" && (
          <p>
            People are compared every few minutes by what they and you said of them, where both
            sides allow recognition. It takes at least 20 records to learn from.
          </p>
        )}
      </Empty>
    ) : (
      <Table caption={NAMES[state]} columns={columns} rows={suggestions} />
    )}
    <Pages
      first={further ? pathOf(state) : null}
      next={
        cursor === null ? null : `${SUGGESTIONS_PATH}?${new URLSearchParams({ state, cursor })}`
      }
      words={{ first: "The surest", next: "Less sure ones" }}
    />
  </>
);

export const getSuggestionsPage = page("officer", async (visit) => {
  const { request, context } = visit;
  const state = readState(asked(request, "state"));
  const cursor = asked(request, "cursor");
  const found = await suggestionsPage(context, { state, limit: ON_A_PAGE, cursor });
  isAbout(request, personsIn(found));
  const { probable } = await context.mergeRules();
  return screen(
    visit,
    "Suggestions",
    <SuggestionsListPage
      {...found}
      state={state}
      further={cursor !== undefined}
      comparesDevices={probable.devices === "suggest"}
    />,
  );
});
