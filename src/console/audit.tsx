/** The audit log, for the owner: who saw and did what. */
import { type AuditEntry, type AuditPage, type AuditQuery, readAudit } from "../d1/audit.ts";
import { DAY_MS } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { ROLES } from "../http/auth.ts";
import { asked, iso } from "../http/api/input.ts";
import { namedIn } from "../http/audit.ts";
import type { Context } from "../http/context.ts";
import { readDay, REVERSED } from "../http/api/reports.ts";
import { csvLine, csvStream } from "../http/csv.ts";
import { actWords, outcomeWords } from "./audit-words.ts";
import { Field } from "./field.tsx";
import { page, screen } from "./page.tsx";
import { Badge, Empty, Pages, Time, Title } from "./parts.tsx";
import { Table } from "./table.tsx";

const ON_A_PAGE = 100;
/** Entries read at once for the file, and the most that one file holds. */
const AT_ONCE = 1_000;
const FILE_MAX = 100_000;

export interface AuditSearch {
  role?: string | undefined;
  whose?: string | undefined;
  /** `2026-11-22`, both included, as asked for. */
  from?: string | undefined;
  to?: string | undefined;
}

const readSearch = (request: Request): AuditSearch => ({
  role: asked(request, "role"),
  whose: asked(request, "whose"),
  from: asked(request, "from"),
  to: asked(request, "to"),
});

/** @throws Problem `invalid` for what isn't a day, or a range that is reversed */
async function queryOf(
  request: Request,
  context: Context,
): Promise<Omit<AuditQuery, "limit" | "cursor">> {
  const { role, whose: asked } = readSearch(request);
  const [whose] = asked === undefined ? [] : await namedIn(context, [asked]);
  const [from, to] = [readDay(request, "from"), readDay(request, "to")];
  if (from !== undefined && to !== undefined && from > to)
    throw new Problem("invalid", REVERSED, { path: "from" });
  return {
    role,
    whose,
    from: from === undefined ? undefined : from * DAY_MS,
    to: to === undefined ? undefined : (to + 1) * DAY_MS - 1,
  };
}

const hrefOf = (file: string, search: AuditSearch, cursor?: string): string => {
  const pairs = Object.entries({ ...search, cursor }).filter(([, value]) => value !== undefined);
  const asked = new URLSearchParams(pairs as [string, string][]).toString();
  return `/_u/console/${file}${asked === "" ? "" : `?${asked}`}`;
};

const SearchForm = ({ search }: { search: AuditSearch }) => (
  <form class="search" role="search" method="get" action="/_u/console/audit">
    <Field name="whose" label="About the id" grow>
      {(wired) => (
        <input {...wired} value={search.whose ?? ""} autocomplete="off" spellcheck={false} />
      )}
    </Field>
    <Field name="role" label="By">
      {(wired) => (
        <select {...wired}>
          <option value="">Everybody</option>
          {ROLES.map((role) => (
            <option selected={role === search.role}>{role}</option>
          ))}
        </select>
      )}
    </Field>
    <Field name="from" label="From">
      {(wired) => <input {...wired} type="date" value={search.from ?? ""} />}
    </Field>
    <Field name="to" label="To">
      {(wired) => <input {...wired} type="date" value={search.to ?? ""} />}
    </Field>
    <button type="submit">Show</button>
  </form>
);

/** Ids shown of an entry; the file has all. */
const IDS_SHOWN = 5;

/** Each leads to all that was done about it. */
const About = ({ whose }: { whose: string }) => {
  if (whose === "") return <span class="soft">nobody in particular</span>;
  const ids = whose.split(" ");
  return (
    <ul class="ids">
      {ids.slice(0, IDS_SHOWN).map((id) => (
        <li>
          <a href={`/_u/console/audit?${new URLSearchParams({ whose: id })}`}>
            <code>{id.length > 14 ? `${id.slice(0, 12)}…` : id}</code>
          </a>
        </li>
      ))}
      {ids.length > IDS_SHOWN && <li class="soft">and {ids.length - IDS_SHOWN} more</li>}
    </ul>
  );
};

const Who = ({ entry: { role, subject, via } }: { entry: AuditEntry }) => (
  <>
    {role === "" ? "somebody without a token" : role}{" "}
    <span class="soft">{via === "api" ? "over the API" : subject}</span>
  </>
);

const Log = ({ entries }: { entries: readonly AuditEntry[] }) => (
  <Table
    caption="Who did what, newest first"
    rows={entries}
    columns={[
      { name: "When", cell: ({ at }) => <Time at={iso(at)} /> },
      { name: "Who", cell: (entry) => <Who entry={entry} /> },
      {
        name: "What",
        cell: ({ act, outcome }) => <span title={act}>{actWords(act, outcome)}</span>,
      },
      { name: "About", cell: ({ whose }) => <About whose={whose} /> },
      {
        name: "Outcome",
        cell: ({ outcome }) => (
          <Badge tone={outcome < 400 ? "verified" : "danger"}>{outcomeWords(outcome)}</Badge>
        ),
      },
    ]}
  />
);

export const AuditBody = ({
  search,
  found,
  first,
}: {
  search: AuditSearch;
  found: AuditPage;
  /** Nothing newer was left out. */
  first: boolean;
}) => (
  <>
    <Title name="Audit">
      <a class="button quiet" href={hrefOf("audit.csv", search)} download>
        Download as CSV
      </a>
    </Title>
    <p class="prose">
      Every page that somebody with a role opened here, and every call of the API with a role's
      token. Nothing in it can be changed; an entry goes after thirteen months.
    </p>
    <details class="prose">
      <summary>How to find whom an entry is about</summary>
      <ul class="soft bullets">
        <li>
          People stand here under names made of their ids, so that the log may outlive an erasure.
          Search by the id of a person or a visitor for what named them.
        </li>
        <li>
          A file that is made bit by bit has entries of its own for whom it names. Search by its id
          to see who fetched it.
        </li>
        <li>Of what names thousands at once, the log holds the first thousand.</li>
        <li>
          Messages that pass in the live view, and the auditor's file of all receipts, stand here as
          what they are, without whom they name.
        </li>
      </ul>
    </details>
    <SearchForm search={search} />
    {found.entries.length > 0 ? (
      <Log entries={found.entries} />
    ) : (
      <Empty title={found.cursor === null ? "Nothing like this was written" : "Not here"}>
        {found.cursor !== null && (
          <p>The newest two thousand entries hold none. Look further back.</p>
        )}
      </Empty>
    )}
    <Pages
      first={first ? null : hrefOf("audit", search)}
      next={found.cursor === null ? null : hrefOf("audit", search, found.cursor)}
      words={{ first: "Newest", next: "Look further back" }}
    />
  </>
);

export const getAuditPage = page("owner", async (visit) => {
  const { request, context } = visit;
  const cursor = asked(request, "cursor");
  const found = await readAudit(context.db, {
    ...(await queryOf(request, context)),
    limit: ON_A_PAGE,
    cursor,
  });
  return screen(
    visit,
    "Audit",
    <AuditBody search={readSearch(request)} found={found} first={cursor === undefined} />,
  );
});

const HEADER = ["at", "via", "role", "subject", "act", "whose", "outcome"];

export const getAuditFile = page("owner", async ({ request, context }) => {
  const query = await queryOf(request, context);
  async function* lines(): AsyncGenerator<string> {
    yield csvLine(HEADER);
    let cursor: string | undefined;
    for (let given = 0; given < FILE_MAX;) {
      const found = await readAudit(context.db, { ...query, limit: AT_ONCE, cursor });
      given += Math.max(1, found.entries.length);
      yield found.entries
        .map(({ at, via, role, subject, act, whose, outcome }) =>
          csvLine([iso(at), via, role, subject, act, whose, outcome]),
        )
        .join("");
      if (found.cursor === null) return;
      cursor = found.cursor;
    }
  }
  return csvStream(lines(), "audit.csv");
});
