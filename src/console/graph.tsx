/**
 * Who somebody is, drawn: devices on the left, what they said on the right, between them a line for each with how sure it is, and
 * an arc where a merge joins two devices. No line crosses a word. The sentences below it say the same.
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
/** Height of a row in pixels, as in the style sheet, and how far arcs reach to the left of the devices. */
const ROW = 52;
const REACH = 20;

const ASSURANCES: readonly [Assurance, string][] = [
  ["verified", "verified"],
  ["asserted", "typed in"],
  ["hinted", "mail link"],
  ["inferred", "likely"],
];

const middle = (index: number): number => index * ROW + ROW / 2;
const Arc = ({ from, to }: { from: number; to: number }) => {
  const [a, b] = [middle(from), middle(to)];
  return <path class="merge" d={`M${REACH} ${a} C -6 ${a}, -6 ${b}, ${REACH} ${b}`} />;
};

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
  const height = Math.max(visitors.length + apart.length, said.length) * ROW;
  return (
    <figure class="graph">
      <div class="drawn" role="img" aria-label={summaryOf(person, all, naming)}>
        <svg
          aria-hidden="true"
          class="arcs"
          width={standing.length > 0 ? REACH : 0}
          height={height}
        >
          {standing.map(({ visitors: [a, b] }) => {
            const [from, to] = [rowOf.get(a), rowOf.get(b)];
            return from === undefined || to === undefined ? null : <Arc from={from} to={to} />;
          })}
        </svg>
        <ul class="ends">
          {visitors.map((visitor) => (
            <li>
              <span class="letter">{naming.letter(visitor.id)}</span>
              <span class="end">{deviceWords(visitor)}</span>
            </li>
          ))}
          {/* Another persona: a person of its own, held apart. */}
          {apart.map((id) => (
            <li>
              <span class="letter apart">≠</span>
              <span class="end">another persona, {id.slice(0, 8)}</span>
            </li>
          ))}
        </ul>
        <svg aria-hidden="true" class="ties" height={height}>
          {said.flatMap(({ visitors: by, assurance }, row) =>
            by.map((id) => {
              const from = rowOf.get(id);
              return from === undefined ? null : (
                <line
                  class={`said ${assurance}`}
                  x1="0"
                  y1={middle(from)}
                  x2="100%"
                  y2={middle(row)}
                />
              );
            }),
          )}
        </svg>
        <ul class="ends">
          {said.map(({ kind, value, assurance }) => (
            <li>
              <span class={`dot ${assurance}`} />
              <span class="end">{value ?? kindWords(kind)}</span>
            </li>
          ))}
        </ul>
      </div>
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
