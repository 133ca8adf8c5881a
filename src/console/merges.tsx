/** Every merge, undo and other decision about who is who, for the officer: newest first, over all people. */
import { asked } from "../http/api/input.ts";
import {
  type MergeLogLine,
  mergeLogPage,
  type MergeLogPage,
  tellsOf,
} from "../http/api/merge-log.ts";
import { OP_WORDS, upper } from "./history.tsx";
import { whole } from "./numbers.ts";
import { page, screen } from "./page.tsx";
import { Empty, Id, Pages, Time, Title } from "./parts.tsx";
import { Table } from "./table.tsx";

const PATH = "/_u/console/merges";
const ON_A_PAGE = 50;

const What = ({ line }: { line: MergeLogLine }) => (
  <>
    <strong>{OP_WORDS[line.op]}.</strong> {upper(line.because)}.
    {line.op === "merge" && (
      <>
        <br />
        <a href={`${PATH}/${encodeURIComponent(line.merge ?? "")}/undo`}>Undo it, if it stands…</a>
      </>
    )}
  </>
);

const Who = ({ line }: { line: MergeLogLine }) =>
  line.visitors.length === 0 ? (
    <span class="soft">nobody in particular</span>
  ) : (
    <ul class="ids">
      {line.visitors.map((id) => (
        <li>
          <a href={`/_u/console/people/${id}`}>
            <Id id={id} />
          </a>
        </li>
      ))}
    </ul>
  );

const Decided = ({ line: { by, evidence, rules } }: { line: MergeLogLine }) => (
  <>
    {by === "policy" ? "the merge policy" : by}
    <br />
    <span class="soft">
      {evidence === "human" ? "a human's word" : `on ${evidence}`}
      {rules !== null && `, rules ${whole(rules)}`}
    </span>
  </>
);

export const MergesPage = ({ found, first }: { found: MergeLogPage; first: boolean }) => (
  <>
    <Title name="Merges" />
    <p>
      Who was joined and who was parted, by whom, when and why, and what else was decided about who
      is who. Nothing is taken out of this log but what an erasure removes. A person's own page has
      the last of it.
    </p>
    {found.merges.length === 0 ? (
      <Empty title="Nothing was decided yet" />
    ) : (
      <Table
        caption="Decisions about who is who, newest first"
        rows={found.merges}
        columns={[
          { name: "When", cell: ({ at }) => <Time at={at} /> },
          { name: "What", cell: (line) => <What line={line} /> },
          { name: "Decided by", cell: (line) => <Decided line={line} /> },
          { name: "People", cell: (line) => <Who line={line} /> },
        ]}
      />
    )}
    <Pages
      first={first ? null : PATH}
      next={
        found.cursor === null ? null : `${PATH}?${new URLSearchParams({ cursor: found.cursor })}`
      }
      words={{ first: "Newest", next: "Older" }}
    />
  </>
);

export const getMergesPage = page("officer", async (visit) => {
  const { request, context } = visit;
  const cursor = asked(request, "cursor");
  const found = await mergeLogPage(context, { limit: ON_A_PAGE, cursor });
  tellsOf(request, found);
  return screen(visit, "Merges", <MergesPage found={found} first={cursor === undefined} />);
});
