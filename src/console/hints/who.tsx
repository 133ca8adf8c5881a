/** Who gets an action now, and why: with the address that may be used, as far as it may be read here. */
import type { HintLine } from "../../http/api/hint-lines.ts";
import type { Matches } from "../../http/api/matches.ts";
import { count, percent } from "../numbers.ts";
import { Empty, Id, StageBadge } from "../parts.tsx";
import { Table } from "../table.tsx";
import { masked } from "./words.ts";

/** Characters of an address that may be broken. */
const LONG = 28;

const Address = ({ line }: { line: HintLine }) => {
  if (line.channel === "site") return <span class="soft">when they come</span>;
  if (line.address === null)
    return <span class="soft">no address that may be used {`(${line.channel})`}</span>;
  const address = masked(line.address);
  return <span class={address.length > LONG ? undefined : "nowrap"}>{address}</span>;
};

export const WhoGets = ({
  lines,
  caption,
  onSite,
}: {
  lines: readonly HintLine[];
  caption: string;
  /** They get it when they come. */
  onSite: boolean;
}) =>
  lines.length === 0 ? (
    <Empty title="Nobody of those last seen gets it now">
      <p>
        Conditions, stage, consent, caps and the hold-out all count. The counts of each condition
        show which one keeps people out.
      </p>
    </Empty>
  ) : (
    <Table
      caption={caption}
      rows={lines}
      columns={[
        {
          name: "Person",
          cell: ({ person }) => (
            <a class="nowrap" href={`/_u/console/people/${person}`}>
              <Id id={person} />
            </a>
          ),
        },
        { name: "Stage", cell: ({ stage }) => <StageBadge stage={stage} /> },
        {
          name: "Why",
          cell: ({ why }) => (why.length === 0 ? "Everybody gets it" : why.join("; ")),
        },
        // On the site it needs none.
        ...(onSite ? [] : [{ name: "Address", cell: (line: HintLine) => <Address line={line} /> }]),
        { name: "Expected", number: true, cell: ({ expected }) => percent(expected) },
      ]}
    />
  );

/** The sentence, and what each of its parts lets through. */
export const MatchCounts = ({
  matches,
  sentence,
  later = false,
}: {
  matches: Matches;
  sentence: string;
  /** Whether these aren't the first who were looked at. */
  later?: boolean;
}) => (
  <>
    <p>{sentence}</p>
    {matches.lookedAt === 0 ? (
      <p class="soft">Nobody was seen yet, so nobody matches.</p>
    ) : (
      <>
        <p>
          <strong>
            {matches.fits} of {count(matches.lookedAt, "person", "people")}{" "}
            {later ? "seen before" : "last seen"}
          </strong>{" "}
          {matches.fits === 1 ? "gets" : "get"} it now, consent, caps and hold-out included.
        </p>
        {matches.conditions.length > 0 && (
          <table class="shares">
            <caption class="soft">For how many each condition holds by itself</caption>
            <thead class="hidden">
              <tr>
                <th scope="col">Condition</th>
                <th scope="col">People</th>
              </tr>
            </thead>
            <tbody>
              {matches.conditions.map(({ words, people }) => (
                <tr>
                  <th scope="row">
                    {words}
                    <meter min={0} max={matches.lookedAt} value={people} aria-hidden="true" />
                  </th>
                  <td class="number">{people}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </>
    )}
  </>
);
