/** What one policy changes about another, in words and by field. */
import type { Policy } from "../../domain/consent/policy.ts";
import type { PolicyChange } from "../../domain/consent/policy-change.ts";
import { Notice } from "../parts.tsx";
import { Table } from "../table.tsx";
import { changesInWords, plain } from "./changes.ts";
import { POLICY } from "./nav.tsx";
import { days, labelsOf } from "./words.ts";
import { isWithin, leftOutOf } from "../../domain/consent/left-out.ts";

export interface ChangeListProps {
  before: Policy;
  after: Policy;
  changes: readonly PolicyChange[];
  /** Purposes whose earlier grants end with it. */
  material: readonly string[];
}

export const ChangeList = ({ before, after, changes, material }: ChangeListProps) => {
  if (changes.length === 0) return <p class="soft">Nothing changes.</p>;
  const ended = endedBy(before, after, changes, material);
  return (
    <>
      <ul class="changes">
        {changesInWords(before, after, changes).map(({ words }) => (
          <li>{words}</li>
        ))}
      </ul>
      {!isWithin(leftOutOf(after), leftOutOf(before)) && (
        <p class="soft">
          Rows of before are gone through once it is published, some with each run of cron;{" "}
          <a href={POLICY}>the policy&apos;s page</a> says how far that is. Traits and identifiers
          are sealed and stay as they are, and so does what your systems have fetched already.
        </p>
      )}
      {ended.length > 0 ? (
        <Notice tone="note">
          {ended.map((words) => (
            <p>{words}</p>
          ))}
          <p>Whoever is concerned is asked again. A no stays a no.</p>
        </Notice>
      ) : (
        <p class="soft">Not material: every yes and every no given so far stays.</p>
      )}
      <details>
        <summary>By field ({changes.length})</summary>
        <Table<PolicyChange>
          caption="Changed fields"
          rows={changes}
          columns={[
            { name: "Field", cell: ({ path }) => <code>{path}</code> },
            { name: "Before", cell: (change) => <del>{plain(change.before)}</del> },
            { name: "After", cell: (change) => <ins>{plain(change.after)}</ins> },
          ]}
        />
      </details>
    </>
  );
};

/** Which grants given so far end with it, and why. */
function endedBy(
  before: Policy,
  after: Policy,
  changes: readonly PolicyChange[],
  material: readonly string[],
): string[] {
  return [
    ...(material.length > 0
      ? [
          `Material: what people agreed to under ${labelsOf(after, material)} isn't this any more, so their yes ends.`,
        ]
      : []),
    ...(changes.some(({ path }) => path.startsWith("regimes."))
      ? ["Where the rule changes, a yes given under the old rule ends."]
      : []),
    ...(after.reask.grantDays < before.reask.grantDays
      ? [`A yes older than ${days(after.reask.grantDays)} ends.`]
      : []),
  ];
}
