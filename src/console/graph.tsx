/**
 * Who somebody is, drawn: devices on the left, what they said on the right, a line for each with how sure it is, and an arc
 * where a merge joins two devices. The sentences below it say the same.
 */
import type { Assurance } from "../domain/identity/claims.ts";
import { kindWords } from "../domain/identity/kind-words.ts";
import type { IdentifierAnswer, PersonAnswer } from "../http/api/person.ts";
import type { Naming } from "./identity.tsx";
import { count } from "./numbers.ts";
import { deviceWords } from "./words.ts";

/** Devices and identifiers that are drawn; the lists have them all. */
const DRAWN = 10;
const APART = 3;
/** In pixels: height of a row, where the devices stand, and how far arcs reach to their left. */
const ROW = 52;
const LEFT = 34;
/** Where the identifiers stand: so far that their dots fit at every width. */
const RIGHT = "97%";
const LABEL = 26;

const ASSURANCES: readonly [Assurance, string][] = [
  ["verified", "verified"],
  ["asserted", "typed in"],
  ["hinted", "mail link"],
  ["inferred", "likely"],
];

const middle = (index: number): number => index * ROW + ROW / 2;
const short = (text: string): string =>
  text.length > LABEL ? `${text.slice(0, LABEL - 1)}…` : text;

const Arc = ({ from, to }: { from: number; to: number }) => {
  const [a, b] = [middle(from), middle(to)];
  return <path class="merge" d={`M${LEFT} ${a} C -8 ${a}, -8 ${b}, ${LEFT} ${b}`} />;
};

const Said = ({ each, row }: { each: IdentifierAnswer; row: number }) => (
  <g>
    <rect
      class={`dot ${each.assurance}`}
      x={RIGHT}
      y={middle(row) - 5}
      width="10"
      height="10"
      rx="3"
    />
    <text x={RIGHT} y={middle(row) - 10} text-anchor="end">
      {short(each.value ?? kindWords(each.kind))}
    </text>
  </g>
);

/** Another persona: a person of its own, held apart. */
const Apart = ({ id, row }: { id: string; row: number }) => (
  <g>
    <line class="apart" x1={LEFT} x2={LEFT} y1={middle(row - 1) + 12} y2={middle(row) - 12} />
    <circle class="apart" cx={LEFT} cy={middle(row)} r="12" />
    <text class="name" x={LEFT} y={middle(row) + 4} text-anchor="middle">
      ≠
    </text>
    <text x={LEFT + 20} y={middle(row) + 4}>
      another persona, {id.slice(0, 8)}
    </text>
  </g>
);

const summaryOf = (
  { visitors, separate }: PersonAnswer,
  said: readonly IdentifierAnswer[],
  naming: Naming,
): string =>
  [
    `${count(visitors.length, "device")} and ${count(said.length, "identifier")}.`,
    ...said.map(
      ({ kind, value, assurance, visitors: by }) =>
        `${kindWords(kind)} ${value ?? "erased"}, ${assurance}, said by ${by.map((id) => naming.letter(id)).join(" and ")}.`,
    ),
    ...(separate.length > 0 ? [`Kept apart from ${count(separate.length, "other persona")}.`] : []),
  ].join(" ");

/** Nothing for one device that said nothing: there is nothing to see. */
export const IdentityGraph = ({ person, naming }: { person: PersonAnswer; naming: Naming }) => {
  const all = person.identifiers.filter(
    ({ kind, state }) => kind !== "anonymous_id" && state !== "refused",
  );
  const said = all.slice(0, DRAWN);
  const visitors = person.visitors.slice(0, DRAWN);
  const apart = person.separate.slice(0, APART);
  if (visitors.length < 2 && said.length + apart.length === 0) return null;
  const rowOf = new Map<string, number>(visitors.map(({ id }, row) => [id, row]));
  const standing = person.merges.filter(({ undone }) => undone === null);
  const used = ASSURANCES.filter(([assurance]) =>
    said.some((each) => each.assurance === assurance),
  );
  return (
    <figure class="graph">
      <svg
        height={Math.max(visitors.length + apart.length, said.length) * ROW + 8}
        role="img"
        aria-label={summaryOf(person, all, naming)}
      >
        {standing.map(({ visitors: [a, b] }) => {
          const [from, to] = [rowOf.get(a), rowOf.get(b)];
          return from === undefined || to === undefined ? null : <Arc from={from} to={to} />;
        })}
        {said.flatMap(({ visitors: by, assurance }, row) =>
          by.map((id) => {
            const from = rowOf.get(id);
            return from === undefined ? null : (
              <line
                class={`said ${assurance}`}
                x1={LEFT}
                y1={middle(from)}
                x2={RIGHT}
                y2={middle(row)}
              />
            );
          }),
        )}
        {visitors.map((visitor, row) => (
          <g>
            <circle cx={LEFT} cy={middle(row)} r="12" />
            <text class="name" x={LEFT} y={middle(row) + 4} text-anchor="middle">
              {naming.letter(visitor.id)}
            </text>
            <text x={LEFT - 12} y={middle(row) + 27}>
              {short(deviceWords(visitor))}
            </text>
          </g>
        ))}
        {said.map((each, row) => (
          <Said each={each} row={row} />
        ))}
        {apart.map((id, row) => (
          <Apart id={id} row={visitors.length + row} />
        ))}
      </svg>
      <figcaption>
        <ul class="legend">
          {used.map(([assurance, words]) => (
            <li>
              <svg viewBox="0 0 24 4" class="sample" aria-hidden="true">
                <line class={`said ${assurance}`} x1="0" y1="2" x2="24" y2="2" />
              </svg>
              {words}
            </li>
          ))}
          {apart.length > 0 && (
            <li>
              <svg viewBox="0 0 24 4" class="sample" aria-hidden="true">
                <line class="apart" x1="0" y1="2" x2="24" y2="2" />
              </svg>
              kept apart
            </li>
          )}
          {standing.length > 0 && (
            <li>
              <svg viewBox="0 0 24 4" class="sample" aria-hidden="true">
                <line class="merge" x1="0" y1="2" x2="24" y2="2" />
              </svg>
              merged
            </li>
          )}
        </ul>
        {(person.visitors.length > DRAWN || all.length > DRAWN) && (
          <p class="soft">The first {DRAWN} of each are drawn; the lists below have all.</p>
        )}
      </figcaption>
    </figure>
  );
};
