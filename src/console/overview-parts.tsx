/** What the marketer's and the officer's overviews have in common: consent, what wasn't recorded, what was late or failed. */
import type { Role } from "../http/auth.ts";
import type { DropReason } from "../domain/event.ts";
import type { Overview } from "../http/api/overview.ts";
import { count, percent, whole } from "./numbers.ts";
import { Empty, Section } from "./parts.tsx";
import { reach } from "./places.ts";
import { type Share, Shares, Table } from "./table.tsx";
import { dropWords, regionWords, waitedWords } from "./words.ts";

export type Counted = Pick<
  Overview,
  "from" | "to" | "choices" | "dropped" | "errors" | "waited" | "lag"
>;

export const total = (lines: readonly { count: number }[]): number =>
  lines.reduce((sum, { count: n }) => sum + n, 0);

/** 0.3 of 1; null where there is nothing to share. */
export const shareOf = (part: number, of: number): string => (of === 0 ? "–" : percent(part / of));

export function troubleWords({
  errors,
  waited,
  lag,
}: Pick<Counted, "errors" | "waited" | "lag">): string {
  const words = [
    ...(isBehind(lag) ? ["some wait now"] : []),
    ...(waited.length > 0 ? [`${count(total(waited), "event")} waited`] : []),
    ...(errors.length > 0 ? [`${count(total(errors), "call")} failed`] : []),
  ];
  return words.join(", ") || (lag === null ? "none known" : "stored at once, no errors");
}

/** Within a minute is in time. */
const isBehind = (lag: number | null): lag is number => lag !== null && lag >= 60;

export const Consent = ({ found, role }: { found: Counted; role: Role }) => {
  const policy = reach(role, "/_u/console/policy");
  return (
    <Section
      title="Consent by region"
      id="consent"
      aside={policy && <a href={policy}>The policy</a>}
    >
      {found.choices.length === 0 ? (
        <Empty title="Nobody was asked, or nobody answered">
          <p>Answers to the banner and on the own-data page are counted here, without names.</p>
        </Empty>
      ) : (
        <Table
          caption="Answers to the banner by region"
          rows={found.choices}
          columns={[
            { name: "Region", cell: ({ region }) => regionWords(region) },
            { name: "Answers", number: true, cell: ({ answered }) => whole(answered) },
            { name: "To all", number: true, cell: (each) => shareOf(each.all, each.answered) },
            { name: "To some", number: true, cell: (each) => shareOf(each.some, each.answered) },
            { name: "To none", number: true, cell: (each) => shareOf(each.none, each.answered) },
          ]}
        />
      )}
    </Section>
  );
};

export const List = ({
  title,
  id,
  of,
  rows,
  more,
}: {
  title: string;
  id: string;
  of: string;
  rows: readonly Share[];
  /** Where there is more about it. */
  more?: { href: string | undefined; words: string };
}) => (
  <Section title={title} id={id} aside={more?.href && <a href={more.href}>{more.words}</a>}>
    {rows.length === 0 ? (
      <Empty title="Nothing in this range" />
    ) : (
      <Shares caption={title} of={of} rows={rows} />
    )}
  </Section>
);

/** The check that says what to do about it; what has none is seen as it comes. */
const CHECKED: Partial<Record<DropReason, string>> = {
  consent: "consent-pages",
  duplicate: "duplicates",
  blocked: "junk-ids",
};

function behind(reason: DropReason, { from, to }: Counted, role: Role): string | undefined {
  const check = CHECKED[reason];
  if (check === undefined) return reach(role, "/_u/console/live");
  return reach(role, `/_u/console/setup?from=${from}&to=${to}#finding-${check}`);
}

export const Dropped = ({ found, role }: { found: Counted; role: Role }) => (
  <List
    title="Not recorded, and why"
    id="dropped"
    of="Messages"
    rows={found.dropped.map(({ reason, regime, count: value }) => ({
      name: dropWords(reason, regime),
      value,
      href: behind(reason, found, role),
    }))}
    more={{ href: reach(role, "/_u/console/setup"), words: "Setup check" }}
  />
);

/** What is wrong at this moment, if anything still is. */
const HEALTH = "/_u/health";

export const Trouble = ({ found }: { found: Counted }) => (
  <Section title="Late and failed" id="trouble">
    <Waiting lag={found.lag} />
    {found.errors.length + found.waited.length > 0 ? (
      <Shares
        caption="Late and failed"
        of="Times"
        rows={[
          ...found.waited.map((each) => ({
            name: waitedWords([each]),
            value: each.count,
            href: HEALTH,
          })),
          ...found.errors.map(({ status, place, count: value }) => ({
            name: `${place} answered ${status}`,
            value,
            href: HEALTH,
          })),
        ]}
      />
    ) : isBehind(found.lag) ? (
      <p>Nothing was stored late before that, and no call failed on our side.</p>
    ) : (
      <p>
        {found.lag === null ? "As far as is known, everything" : "Everything"} that was accepted was
        stored within a minute, and no call failed on our side.
      </p>
    )}
  </Section>
);

const Waiting = ({ lag }: { lag: number | null }) =>
  isBehind(lag) && (
    <p>
      <strong>
        Events wait to be stored, the oldest known of them for{" "}
        {count(Math.floor(lag / 60), "minute")}.
      </strong>{" "}
      Nothing is lost: they are kept with their persons and stored as soon as the database takes
      them.
    </p>
  );
