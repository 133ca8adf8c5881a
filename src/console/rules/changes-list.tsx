/** What one version of the rules changes about another, as it is read. */
import type { RuleChange } from "./changes.ts";

export const Changes = ({ changes }: { changes: readonly RuleChange[] }) =>
  changes.length === 0 ? (
    <p class="soft">Nothing changes.</p>
  ) : (
    <ul class="changed">
      {changes.map(({ id, before, after }) => (
        <li>
          {after !== null && (
            <p>
              <ins>
                <span class="hidden">From then on: </span>
                {after}
              </ins>
            </p>
          )}
          {before !== null && (
            <p>
              <del>
                <span class="hidden">No longer: </span>
                {before}
              </del>
            </p>
          )}
          <p class="soft">
            <code>{id}</code>
          </p>
        </li>
      ))}
    </ul>
  );
