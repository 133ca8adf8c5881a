/** The list of persons: searched by any identifier, held to a stage. */
import { type Stage, STAGES } from "../domain/person/stage.ts";
import { asked } from "../http/api/input.ts";
import {
  idsOf,
  type PeopleFound,
  type PersonLine,
  readStage,
  searchPeople,
} from "../http/api/people.ts";
import { isAbout } from "../http/audit.ts";
import { page, screen } from "./page.tsx";
import { Empty, Id, StageBadge, Time } from "./parts.tsx";

const ON_A_PAGE = 50;

interface Search {
  q: string | undefined;
  stage: Stage | undefined;
}

const hrefOf = ({ q, stage }: Search, cursor?: string): string => {
  const parts = { ...(q ? { q } : {}), ...(stage ? { stage } : {}), ...(cursor ? { cursor } : {}) };
  return `/_u/console/people?${new URLSearchParams(parts)}`;
};

const SearchForm = ({ q, stage }: Search) => (
  <form class="search" role="search" method="get" action="/_u/console/people">
    <div class="field grow">
      <label for="q">Identifier, or the start of an id</label>
      <input
        id="q"
        name="q"
        type="search"
        value={q ?? ""}
        placeholder="jane@example.org, user_id:42, +49 40 1234567"
        autocomplete="off"
        spellcheck={false}
      />
    </div>
    <div class="field">
      <label for="stage">Stage</label>
      <select id="stage" name="stage">
        <option value="">All stages</option>
        {STAGES.map((each) => (
          <option value={each} selected={each === stage}>
            {each}
          </option>
        ))}
      </select>
    </div>
    <button type="submit">Search</button>
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

const List = ({ found, search }: { found: PeopleFound; search: Search }) => (
  <>
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
    {found.cursor !== null && (
      <p class="more">
        <a href={hrefOf(search, found.cursor)} rel="next">
          Show those seen before
        </a>
      </p>
    )}
  </>
);

const Nobody = ({ q, stage }: Search) =>
  q || stage ? (
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

export const getPeoplePage = page("either", async (visit) => {
  const { request, context } = visit;
  const search = { q: asked(request, "q"), stage: readStage(asked(request, "stage")) };
  const found = await searchPeople(context, {
    ...search,
    cursor: asked(request, "cursor"),
    limit: ON_A_PAGE,
  });
  if (search.q !== undefined) isAbout(request, idsOf(found));
  return screen(
    visit,
    "People",
    <>
      <h1>People</h1>
      <SearchForm {...search} />
      {found.people.length > 0 ? <List found={found} search={search} /> : <Nobody {...search} />}
    </>,
  );
});
