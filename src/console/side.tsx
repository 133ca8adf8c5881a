/** One of two persons, as they are before a merge or after an undo. */
import { kindWords } from "../domain/identity/kind-words.ts";
import type { SideAnswer } from "../http/api/merges.ts";
import { Badge } from "./parts.tsx";
import { count } from "./numbers.ts";

export const Side = ({
  side,
  title,
  words,
}: {
  side: SideAnswer;
  title: string;
  /** What the page calls a device. */
  words: (visitor: string) => string;
}) => (
  <section class="card">
    <h2>{title}</h2>
    <p>
      {count(side.visitors.length, "device")}, {count(side.events, "event")}
    </p>
    <ul>
      {side.visitors.map((visitor) => (
        <li>{words(visitor)}</li>
      ))}
    </ul>
    {side.identifiers.length === 0 ? (
      <p class="soft">No identifier</p>
    ) : (
      <ul>
        {side.identifiers.map(({ kind, value, assurance }) => (
          <li>
            <span class="soft">{kindWords(kind)}</span> {value ?? "erased"}{" "}
            <Badge tone={assurance}>{assurance}</Badge>
          </li>
        ))}
      </ul>
    )}
  </section>
);
