/** The list of persons: searched by any identifier, held to a stage. */
import { STAGE_NAMES, type Stage, STAGES } from "../domain/person/stage.ts";
import { asked } from "../http/api/input.ts";
import {
  idsOf,
  type PeopleFound,
  type PersonLine,
  readStage,
  searchPeople,
} from "../http/api/people.ts";
import { isAbout } from "../http/audit.ts";
import { count, whole } from "./numbers.ts";
import { page, screen } from "./page.tsx";
import { Empty, Id, Pages, StageBadge, Time, Title } from "./parts.tsx";
import { Fit } from "./table.tsx";

const ON_A_PAGE = 50;

export interface Search {
  q?: string | undefined;
  stage?: Stage | undefined;
  /** Label of the next action. */
  next?: string | undefined;
  /** Name of a segment. */
  segment?: string | undefined;
}

/** What there is to choose from. */
interface Choices {
  /** Labels of the catalogue's actions. */
  actions: readonly string[];
  /** Names of the segments that were found. */
  segments: readonly string[];
}

const hrefOf = (search: Search, cursor?: string): string => {
  const given = Object.entries({ ...search, cursor }).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given as [string, string][]).toString();
  return `/_u/console/people${query === "" ? "" : `?${query}`}`;
};

const SearchForm = ({ q, stage, next, segment, actions, segments }: Search & Choices) => (
  <form class="search" role="search" method="get" action="/_u/console/people">
    <div class="field grow">
      <label for="q">Identifier, or the start of an id</label>
      <input
        id="q"
        name="q"
        type="search"
        value={q ?? ""}
        placeholder="jane@example.org or user_id:42"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="q-help"
      />
    </div>
    <div class="field">
      <label for="stage">Stage</label>
      <select id="stage" name="stage">
        <option value="">All stages</option>
        {STAGES.map((each) => (
          <option value={each} selected={each === stage}>
            {STAGE_NAMES[each]}
          </option>
        ))}
      </select>
    </div>
    <div class="field">
      <label for="next">Next action</label>
      <select id="next" name="next">
        <option value="">Any or none</option>
        {actions.map((each) => (
          <option selected={each === next}>{each}</option>
        ))}
      </select>
    </div>
    {segments.length > 0 && (
      <div class="field">
        <label for="segment">Segment</label>
        <select id="segment" name="segment">
          <option value="">All</option>
          {segments.map((each) => (
            <option selected={each === segment}>{each}</option>
          ))}
        </select>
      </div>
    )}
    <button type="submit">Search</button>
    <p id="q-help" class="soft">
      Accounts elsewhere and record ids of mail tools need their kind: <code>social:google:17</code>
      , <code>esp:mailchimp:7f3a0c21</code>. Push addresses name an app and lead to nobody.
    </p>
  </form>
);

const Line = ({ id, stage, visitors, lastSeen, next }: PersonLine) => (
  <tr>
    <th scope="row">
      <a href={`/_u/console/people/${id}`}>
        <Id id={id} />
      </a>
    </th>
    <td data-label="Stage">
      <StageBadge stage={stage} />
    </td>
    <td data-label="Devices" class="number">
      {visitors.toLocaleString("en")}
    </td>
    <td data-label="Last seen">
      <Time at={lastSeen} />
    </td>
    <td data-label="Next action">{next ?? <span class="soft">none</span>}</td>
  </tr>
);

const List = ({ found }: { found: PeopleFound }) => (
  <Fit rem={45}>
    <table class="list">
      <caption class="hidden">People, last seen first</caption>
      <thead>
        <tr>
          <th scope="col">Person</th>
          <th scope="col">Stage</th>
          <th scope="col" class="number">
            Devices
          </th>
          <th scope="col">Last seen</th>
          <th scope="col">Next action</th>
        </tr>
      </thead>
      <tbody>
        {found.people.map((line) => (
          <Line {...line} />
        ))}
      </tbody>
    </table>
  </Fit>
);

const Nobody = ({ search, found }: { search: Search; found: PeopleFound }) =>
  found.cursor !== null ? (
    <Empty title="Nobody among those looked through">
      <p>
        {found.lookedAt === null
          ? "A page looks through a part of the list."
          : `Looked through ${people(found.lookedAt)}.`}{" "}
        Look further back.
      </p>
    </Empty>
  ) : Object.values(search).some((each) => each !== undefined) ? (
    <Empty title="Nobody fits this search">
      <p>
        An identifier has to be whole: a part of an e-mail address finds nobody, since addresses are
        kept as keyed hashes. <a href="/_u/console/people">Show everybody</a>
      </p>
    </Empty>
  ) : (
    <Empty title="Nobody was recorded yet">
      <p>People appear here within ten seconds of their first visit with consent.</p>
    </Empty>
  );

const people = (n: number): string => count(n, "person", "people");

/** Who fits is asked of each person at this moment, so a page says how far it got. */
const Looked = ({ found: { people: fit, lookedAt, cursor } }: { found: PeopleFound }) =>
  lookedAt === null || fit.length === 0 ? null : (
    <p class="soft">
      {whole(fit.length)} of {people(lookedAt)} looked through
      {cursor === null ? ", and there are no more" : ""}.
    </p>
  );

export interface PeopleProps extends Choices {
  search: Search;
  found: PeopleFound;
  /** Nothing newer was left out. */
  first: boolean;
}

export const PeopleBody = ({ search, found, actions, segments, first }: PeopleProps) => (
  <>
    <Title name="People" />
    <SearchForm {...search} actions={actions} segments={segments} />
    {found.people.length > 0 ? <List found={found} /> : <Nobody search={search} found={found} />}
    <Looked found={found} />
    <Pages
      first={first ? null : hrefOf(search)}
      next={found.cursor === null ? null : hrefOf(search, found.cursor)}
      words={{ first: "Those seen last", next: "Show those seen before" }}
    />
  </>
);

export const getPeoplePage = page("either", async (visit) => {
  const { request, context } = visit;
  const cursor = asked(request, "cursor");
  const search: Search = {
    q: asked(request, "q"),
    stage: readStage(asked(request, "stage")),
    next: asked(request, "next"),
    segment: asked(request, "segment"),
  };
  const [found, catalogue, learned] = await Promise.all([
    searchPeople(context, { ...search, cursor, limit: ON_A_PAGE }),
    context.catalogue(),
    context.learned(),
  ]);
  isAbout(request, idsOf(found));
  return screen(
    visit,
    "People",
    <PeopleBody
      search={search}
      found={found}
      actions={[...new Set(catalogue.actions.map(({ label }) => label))]}
      segments={(learned?.segments ?? []).map(({ name }) => name)}
      first={cursor === undefined}
    />,
  );
});
