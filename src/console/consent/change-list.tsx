/** What one policy changes about another, in words and by field. */
import type { Policy } from "../../domain/consent/policy.ts";
import type { PolicyChange } from "../../domain/consent/policy-change.ts";
import { Notice } from "../parts.tsx";
import { Table } from "../table.tsx";
import { changesInWords, plain } from "./changes.ts";
import { labelsOf } from "./words.ts";

export interface ChangeListProps {
  before: Policy;
  after: Policy;
  changes: readonly PolicyChange[];
  /** Purposes whose earlier grants end with it. */
  material: readonly string[];
}

export const ChangeList = ({ before, after, changes, material }: ChangeListProps) => {
  if (changes.length === 0) return <p class="soft">Nothing changes.</p>;
  return (
    <>
      <ul class="changes">
        {changesInWords(before, after, changes).map(({ words }) => (
          <li>{words}</li>
        ))}
      </ul>
      {material.length > 0 ? (
        <Notice tone="note">
          <p>
            <strong>Material:</strong> what people agreed to under {labelsOf(after, material)} isn't
            this any more. Their yes ends and they are asked again; a no stays a no.
          </p>
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
